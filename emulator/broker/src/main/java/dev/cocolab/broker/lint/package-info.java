/** Finds, before any guest boots, what in policies, reference values and initdata cannot fit. */
package dev.cocolab.broker.lint;
