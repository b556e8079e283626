/**
 * The emulated counterpart of Intel's provisioning certification service and of the machines it
 * certifies: root, platform authority, PCK certificates, quoting enclave, and the signed documents
 * (TCB info, QE identity, revocation lists) that a verifier needs beside a quote.
 */
package dev.cocolab.tee.intel;
