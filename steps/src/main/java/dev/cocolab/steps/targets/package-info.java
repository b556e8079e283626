/** What a scenario may ask of the place it runs on, as small ports, and the places there are. */
package dev.cocolab.steps.targets;
