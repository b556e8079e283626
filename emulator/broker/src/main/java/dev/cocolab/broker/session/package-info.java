/** Sessions of the handshake. */
package dev.cocolab.broker.session;
