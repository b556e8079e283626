/**
 * The report of a run: one HTML page that a person who knows no Java can read, made from the JSON
 * the run left behind.
 */
package dev.cocolab.reports;
