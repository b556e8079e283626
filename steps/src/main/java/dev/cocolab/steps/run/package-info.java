/** Running scenarios: from the command line and from Maven, with live progress and a report. */
package dev.cocolab.steps.run;
