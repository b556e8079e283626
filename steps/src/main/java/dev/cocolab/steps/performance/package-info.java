/**
 * Attestation in numbers: drives loads from a process of their own, judges what was measured
 * against what is asked for, and leaves all of it as JSON for the report.
 */
package dev.cocolab.steps.performance;
