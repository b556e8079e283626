/**
 * Evidence of NVIDIA GPUs: the signed measurements of a device (SPDM 1.1, DSP0274, section 10.11),
 * its certificate chain, and their verification. There is no emulated GPU.
 */
package dev.cocolab.evidence.nvidia;
