/** The folder in which a lab outlives its process. */
package dev.cocolab.lab.data;
