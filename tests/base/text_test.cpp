#include "base/text.h"

#include <gtest/gtest.h>

#include "base/cell_text.h"

namespace quantrail {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("maximal", "maxmial"), 1U);
}

TEST(DidYouMean, NamesTheNearestWordIfItIsNear) {
  const std::vector<std::string> known{"maximal_drop", "max_iter_num", "metrics"};
  EXPECT_EQ(did_you_mean("maximum_drop", known), " (did you mean \"maximal_drop\"?)");
  EXPECT_EQ(did_you_mean("metric", known), " (did you mean \"metrics\"?)");
  EXPECT_EQ(did_you_mean("threads", known), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
  const std::vector<std::string> short_ones{"root", "path"};
  EXPECT_EQ(did_you_mean("foo", short_ones), "") << "two of three letters are wrong";
  EXPECT_EQ(did_you_mean("pth", short_ones), " (did you mean \"path\"?)");
}

TEST(Glob, MatchesTheWholeText) {
  EXPECT_TRUE(matches_glob("block*/depthwise", "block12/depthwise"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_TRUE(matches_glob("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(matches_glob("block", "block1"));
  EXPECT_FALSE(matches_glob("?", ""));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Glob, TakesTimeThatDoesNotExplode) {
  EXPECT_FALSE(matches_glob(std::string(40, '*') + "b", std::string(5000, 'a')));
}

TEST(Printable, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(printable("a\x1b[31m\x7f\n"), "a^[[31m^?^J");
  EXPECT_EQ(printable("\xE2\x80\xAEtxt"), "?txt");
  EXPECT_EQ(printable("\xE2\x81\xA6txt"), "?txt");
  EXPECT_EQ(printable("Größe 日本 …"), "Größe 日本 …");
}

TEST(Printable, LetsNoCommandThroughThatIsNotAscii) {
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "?31m")
      << "the one character that stands for ESC [";
  EXPECT_EQ(printable("\xC2\x80\xC2\x9F\xC2\xA0"), "??\xC2\xA0");
  EXPECT_EQ(printable("\x9B"
                      "31m\xFF\xC0\x9B"),
            "?31m???")
      << "not UTF-8: a terminal of another encoding takes it";
  EXPECT_EQ(printable("\xE2\x80"), "??") << "cut off";
}

TEST(Printable, LeavesOutJoinersThatTerminalsDrawDifferently) {
  EXPECT_EQ(printable("a \U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F"),
            "a \U0001F468\U0001F469\U0001F467 \u2764");
  EXPECT_EQ(width_of("\U0001F468\u200D\U0001F469"), 4);
  EXPECT_EQ(encoded(decoded_with_joiners("\u2764\uFE0F")), "\u2764\uFE0F") << "what is edited keeps them";
}

TEST(DurationText, ChoosesItsUnit) {
  EXPECT_EQ(duration_text(0.04), "0.0 s");
  EXPECT_EQ(duration_text(12.4), "12 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 05 min");
  EXPECT_EQ(duration_text(-1), "?");
}

}  // namespace
}  // namespace quantrail
