/**
 * The components inside a confidential pod VM: attestation agent, data hub, the API on
 * 127.0.0.1:8006, and the agent's policy.
 *
 * <p>Behaviour, messages and texts are those of guest-components v0.18 to v0.21 and kata-containers
 * 3.30 and newer; the profile {@code upstream} selects the texts of their main branches where they
 * differ.
 */
package dev.cocolab.guest;
