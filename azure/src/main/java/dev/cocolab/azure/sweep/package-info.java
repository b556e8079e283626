/** Deletes what runs have left behind, and nothing else. */
package dev.cocolab.azure.sweep;
