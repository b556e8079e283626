/** Attestation tokens: signing, and verification of presented ones. */
package dev.cocolab.broker.token;
