defmodule Plain.HeadlineTest do
  use ExUnit.Case, async: true
  doctest Plain.Headline

  alias Plain.Headline

  describe "slug/1" do
    test "joins words with single dashes" do
      assert Headline.slug("  Ten   things -- you need ") == "ten-things-you-need"
    end

    test "drops what does not belong into an address" do
      assert Headline.slug("50% off: éclairs & more") == "50-off-eclairs-more"
    end
  end

  describe "title_case/1" do
    test "capitalizes a small word when it comes first" do
      assert Headline.title_case("a day at the sea") == "A Day at the Sea"
    end

    test "lowers shouting" do
      assert Headline.title_case("BIG news") == "Big News"
    end
  end

  describe "teaser/2" do
    test "keeps a text that fits exactly" do
      assert Headline.teaser("one two", 7) == "one two"
    end

    test "leaves room for the ellipsis" do
      assert Headline.teaser("one two three", 8) == "one two…"
      assert Headline.teaser("one two three", 7) == "one…"
    end

    test "shows only the ellipsis when the first word is too long" do
      assert Headline.teaser("unbelievable", 5) == "…"
    end

    test "counts characters, not bytes" do
      assert Headline.teaser("äöü äöü", 7) == "äöü äöü"
    end
  end

  describe "reading_minutes/1" do
    test "is at least one" do
      assert Headline.reading_minutes("") == 1
    end

    test "counts 200 words a minute" do
      assert Headline.reading_minutes(String.duplicate("word ", 600)) == 3
    end
  end
end
