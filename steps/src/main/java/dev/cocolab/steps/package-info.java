/** The workshop as scenarios: personas, targets, step classes and the run command. */
package dev.cocolab.steps;
