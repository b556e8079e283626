/** Quotes and reports of Intel TDX (Intel TDX DCAP Quoting Library API, appendix A). */
package dev.cocolab.evidence.tdx;
