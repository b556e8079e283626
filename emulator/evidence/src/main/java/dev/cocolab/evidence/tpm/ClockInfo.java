package dev.cocolab.evidence.tpm;

/**
 * Clock of a TPM (TPM 2.0 part 2, TPMS_CLOCK_INFO, 17 bytes).
 *
 * @param clock milliseconds while powered, 64 bits, never going back
 * @param resetCount TPM resets, 32 bits
 * @param restartCount restarts and resumes since the reset, 32 bits
 * @param safe whether no greater clock value was reported before
 */
public record ClockInfo(long clock, int resetCount, int restartCount, boolean safe) {}
