/**
 * Certificates of Nebula networks, version 1, as {@code nebula-cert} 1.9 makes them: a protobuf
 * message of the details, signed with Ed25519, in PEM.
 */
package dev.cocolab.broker.nebula;
