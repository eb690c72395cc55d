# SPDX-License-Identifier: MIT
"""A SIP/MSRP participant, written from the RFCs alone, that talks to a system under test and
checks every octet it receives. See README.md."""
