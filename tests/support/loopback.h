// SPDX-License-Identifier: MIT
// The loopback network on which the peers of a test meet the gate: 127.0.0.1, or ::1 when a test says so.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

// What: the network of everything opened from now on.
// Shape: a test that says true says false when it ends.
void loopback_set_six(bool six);

// What: the address with a port; its length comes back.
socklen_t loopback_address(struct sockaddr_storage *address, uint16_t port);

// What: a socket of that family; `type` as for socket().
int loopback_socket(int type);

// What: the port a socket is bound to; that of an address.
uint16_t loopback_port(int fd);
uint16_t loopback_port_of(const struct sockaddr_storage *address);

// What: the host as it stands in URIs, in brackets where it has to; as it stands in descriptions, behind
//   its family: "IP4 127.0.0.1".
// Shape: static.
const char *loopback_host(void);
const char *loopback_words(void);
