# SPDX-License-Identifier: MIT
"""A SIP conference focus with its MSRP switch, written from the RFCs alone; see README.md."""
