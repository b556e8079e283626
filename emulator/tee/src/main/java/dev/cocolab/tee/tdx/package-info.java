/** Emulated trust domains: what firmware and kernel measure at boot, run-time registers, quotes. */
package dev.cocolab.tee.tdx;
