#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

/// Compares with tests/tui/golden/NAME.txt; UPDATE_GOLDEN=1 writes it, and the difference is reviewed like code.
void expect_golden(const std::string& name, const Model& model) {
  const std::string path = std::string(QUANTRAIL_SOURCE_DIR) + "/tests/tui/golden/" + name + ".txt";
  const std::string picture = view(model).to_text();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << picture;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(picture, golden.str()) << path;
}

TEST(View, Runs) {
  expect_golden("runs_80x24_ascii", sample_runs({24, 80}, Charset::Ascii));
  expect_golden("runs_120x40_utf8", sample_runs({40, 120}, Charset::Utf8));
  expect_golden("runs_40x8_ascii", sample_runs({8, 40}, Charset::Ascii));
}

TEST(View, Run) {
  expect_golden("run_80x24_ascii", sample_run({24, 80}, Charset::Ascii));
  expect_golden("run_120x40_utf8", sample_run({40, 120}, Charset::Utf8));
  expect_golden("run_40x8_ascii", sample_run({8, 40}, Charset::Ascii));
}

TEST(View, RankingAndHelp) {
  Model model = sample_run({24, 80}, Charset::Ascii);
  model.pane = Pane::Ranking;
  expect_golden("ranking_80x24_ascii", model);
  model.before_help = Where::Run;
  model.where = Where::Help;
  expect_golden("help_80x24_ascii", model);
}

TEST(View, AnEmptyStoreSaysHowToBegin) {
  Model model;
  model.runs_known = true;
  EXPECT_NE(view(model).to_text().find("Press n"), std::string::npos);
}

TEST(View, ATooSmallTerminalIsToldSo) {
  Model model = sample_runs({5, 30}, Charset::Ascii);
  EXPECT_EQ(view(model).to_text().substr(0, 28), "too small: 30x5, need 40x8\n\n");
}

TEST(View, AnySizeAndAnyKeysSurvive) {
  std::mt19937 random(7);
  Model model = sample_run({24, 80}, Charset::Utf8);
  for (int k = 0; k < 4000; ++k) {
    const auto roll = random();
    if (roll % 5 == 0) {
      model =
          update(std::move(model), Resized{{static_cast<int>(random() % 60), static_cast<int>(random() % 200)}}).model;
    } else if (roll % 7 == 0) {
      model = update(std::move(model), RunLoaded{*sample_run({}, Charset::Utf8).open}).model;
    } else {
      const auto keys = key_table();
      model = update(std::move(model), KeyPressed{keys[random() % keys.size()].key}).model;
    }
    const Frame frame = view(model);
    ASSERT_EQ(frame.size().rows, std::max(model.size.rows, 1));
  }
}

TEST(View, ControlCharactersInNamesAreShownNotSent) {
  Model model = sample_runs({24, 80}, Charset::Ascii);
  model.runs[0].name = "a\x1b]0;owned\x07";
  const std::string picture = view(model).to_text();
  EXPECT_EQ(picture.find('\x1b'), std::string::npos);
  EXPECT_NE(picture.find("a^[]0;owned^G"), std::string::npos);
}

TEST(Frame, ClipsInsteadOfFailing) {
  Frame frame({2, 4});
  frame.put(0, 2, "abcdef");
  frame.put(5, 0, "x");
  frame.put(1, -1, "xy");
  EXPECT_EQ(frame.to_text(), "  ab\ny\n");
}

TEST(Frame, AWideGlyphThatDoesNotFitBecomesASpace) {
  Frame frame({1, 3});
  frame.put(0, 0, "日本");
  EXPECT_EQ(frame.to_text(), "日\n");
}

TEST(Text, IsFittedByColumnsNotBytes) {
  EXPECT_EQ(fitted("日本語", 5), "日本~");
  EXPECT_EQ(padded("ab", -4), "  ab");
  EXPECT_EQ(padded("é", 3), "é  ");
  EXPECT_EQ(width_of("e\xCC\x81"), 1);
  EXPECT_EQ(width_of("\xff\xfe"), 2);
}

}  // namespace
}  // namespace quantrail::tui
