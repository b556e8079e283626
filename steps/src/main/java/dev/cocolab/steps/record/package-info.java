/** What a target answered, kept without secrets, so that it can be compared with the emulator. */
package dev.cocolab.steps.record;
