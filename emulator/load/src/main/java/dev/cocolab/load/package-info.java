/**
 * Drives any Key Broker Service with fresh evidence for each attestation and measures it: latency
 * by phase, errors by kind, and what the cryptography of one attestation costs alone. It knows no
 * broker; it meets one on the wire.
 */
package dev.cocolab.load;
