/** The three people of the workshop, each with the rights and the work of their own. */
package dev.cocolab.steps.persona;
