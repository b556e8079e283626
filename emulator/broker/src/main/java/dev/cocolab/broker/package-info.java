/**
 * Trustee: the Key Broker Service with its built-in attestation service and reference values.
 *
 * <p>{@link dev.cocolab.broker.KbsProgram} is the program that a pod runs; what it saw and decided
 * is in the {@link dev.cocolab.broker.AttestationJournal}, and {@link dev.cocolab.broker.Explain}
 * says why in words a user can act on.
 */
package dev.cocolab.broker;
