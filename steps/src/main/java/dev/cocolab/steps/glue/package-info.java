/** Step definitions: each turns one sentence into one call of a persona or a port. */
package dev.cocolab.steps.glue;
