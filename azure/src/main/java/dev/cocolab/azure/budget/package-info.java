/** The limit on machines and time of a run. */
package dev.cocolab.azure.budget;
