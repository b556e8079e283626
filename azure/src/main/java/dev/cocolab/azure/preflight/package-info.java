/** Checks that a run can work, in its first minute. */
package dev.cocolab.azure.preflight;
