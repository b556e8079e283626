/** The emulated target: each scenario gets a lab of its own. */
package dev.cocolab.steps.targets.emulator;
