/** The emulated targets: each scenario gets a lab of its own, on its own API server or another. */
package dev.cocolab.steps.targets.emulator;
