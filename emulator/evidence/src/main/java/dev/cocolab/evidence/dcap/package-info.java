/**
 * What Intel says about a platform: PCK certificates, TCB info, identity of the quoting enclave,
 * revocation lists, and the appraisal of a quote by them.
 */
package dev.cocolab.evidence.dcap;
