/**
 * TEE evidence: the bytes of SNP reports, HCL reports and TPM quotes, and the verifiers that judge
 * them.
 *
 * <p>Verifiers take their trust anchors and their clock from outside, so the same code judges
 * evidence of the emulated hardware and evidence captured on real machines. Nothing here opens a
 * file or a connection, but for sources of what evidence leaves out, which a caller has to name.
 */
package dev.cocolab.evidence;
