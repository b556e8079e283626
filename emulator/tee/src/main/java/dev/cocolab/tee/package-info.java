/**
 * Emulated confidential hardware: an AMD platform with its certificate authority, secure processor
 * and SNP reports, and the vTPM that Azure puts into a guest.
 *
 * <p>What it produces has the bytes of the real thing; only the root of trust differs, and says so
 * in its name. What it does not do: memory is not encrypted and nothing is isolated from the
 * process it runs in.
 */
package dev.cocolab.tee;
