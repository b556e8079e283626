package dev.cocolab.steps.glue;

import io.cucumber.java.DataTableType;

/**
 * What a cell of a table says: an empty one says nothing and arrives as null; {@code [blank]} is
 * the empty text.
 */
public final class TableCells {
  @DataTableType(replaceWithEmptyString = "[blank]")
  public String text(String cell) {
    return cell;
  }
}
