/**
 * Event logs of measured boot, in the crypto agile format of the TCG that the CCEL table of a
 * confidential guest uses: parse, replay against registers, claims, and a builder for emulated
 * devices.
 *
 * <p>Sources: TCG PC Client Platform Firmware Profile 1.06, sections 5 and 10; UEFI 2.11, section
 * 38.4; Trustee for what the claims are called.
 */
package dev.cocolab.evidence.eventlog;
