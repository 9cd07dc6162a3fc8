#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <tuple>

#include "tests/tui/sample_models.h"
#include "tui/layout.h"

namespace quantrail::tui {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Compares with tests/tui/golden/NAME.txt; UPDATE_GOLDEN=1 writes it, and the difference is reviewed like code.
void expect_golden(const std::string& name, const Model& model) {
  const std::string path = std::string(QUANTRAIL_SOURCE_DIR) + "/tests/tui/golden/" + name + ".txt";
  const std::string picture = view(model).to_text();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << picture;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(picture, golden.str()) << path;
}

struct Shape {
  std::string name;
  Size size;
  Charset charset;
};
const std::vector<Shape> kShapes{{"40x8_ascii", {8, 40}, Charset::Ascii},
                                 {"80x24_ascii", {24, 80}, Charset::Ascii},
                                 {"120x40_utf8", {40, 120}, Charset::Utf8},
                                 {"200x50_utf8", {50, 200}, Charset::Utf8}};

TEST(View, Runs) {
  for (const auto& shape : kShapes) expect_golden("runs_" + shape.name, sample_runs(shape.size, shape.charset));
}

TEST(View, PagesOfARun) {
  for (const auto& shape : kShapes) {
    const Model model = sample_run(shape.size, shape.charset);
    expect_golden("live_" + shape.name, model);
    expect_golden("layers_" + shape.name, typed(model, "2"));
    expect_golden("log_" + shape.name, typed(model, "3"));
    expect_golden("config_" + shape.name, typed(model, "4"));
    expect_golden("models_" + shape.name, typed(model, "5"));
  }
}

TEST(View, OfSeveralMetricsTheSelectedIterationHasAll) {
  Model model = sample_run({40, 120}, Charset::Utf8);
  auto detail = *model.run.detail;
  for (auto& it : detail.iterations) it.all_metrics = "top1 0.8371, drop 0.0115; top5 0.9712, drop 0.0051";
  model.run.detail = std::make_shared<const RunDetail>(std::move(detail));
  EXPECT_THAT(view(model).to_text(), HasSubstr("top1 0.8371, drop 0.0115; top5 0.9712"));
}

TEST(View, WhatIsVerySmallOrLargeIsTold) {
  for (const auto& [unit, first, second] : {std::tuple{1e-6, "7.714e-07", "8.057e-07"},
                                            {1e9, "7.714e+08", "8.057e+08"},
                                            {1e30, "7.714e+29", "8.057e+29"}}) {
    Model model = sample_run({24, 80}, Charset::Ascii);
    auto detail = *model.run.detail;
    for (auto& it : detail.iterations) {
      it.metric *= unit;
      it.drop *= -unit;
    }
    for (auto& score : detail.rankings[0].scores) score.score *= unit;
    detail.limit = unit;
    detail.run.float_value = 0.8 * unit;
    model.run.detail = std::make_shared<const RunDetail>(std::move(detail));
    for (const auto* page : {"1", "5"}) {
      const std::string text = view(typed(model, page)).to_text();
      EXPECT_THAT(text, testing::AllOf(HasSubstr(first), HasSubstr(second), Not(HasSubstr("0.0000"))));
    }
    EXPECT_THAT(view(typed(model, "2")).to_text(), testing::ContainsRegex(unit < 1.0 ? "8.1e-07" : "8.1e\\+[0-9]+"));
  }
}

TEST(View, PagesOfAComparison) {
  for (const auto& shape : kShapes) {
    const Model model = sample_comparison(shape.size, shape.charset);
    expect_golden("settings_" + shape.name, model);
    expect_golden("curves_" + shape.name, typed(model, "2"));
    expect_golden("pareto_" + shape.name, typed(model, "3"));
    expect_golden("float_layers_" + shape.name, typed(model, "4"));
  }
}

TEST(View, ARunWithoutTheMetricIsNotToldInIt) {
  Model model = sample_comparison({24, 80}, Charset::Ascii);
  auto& c = *model.compare.comparison;
  model.compare.metric = "recall";
  c.runs[1].metric = "";
  c.runs[1].best = c.runs[1].drop = std::nullopt;
  std::erase_if(c.points, [](const PointRow& point) { return point.run == 1; });
  const std::string text = view(typed(model, "2")).to_text();
  EXPECT_THAT(text, testing::ContainsRegex("B 3 .*: not measured"));
  EXPECT_THAT(text, Not(testing::ContainsRegex("C 4 .*: not measured")));
}

TEST(View, FormHealthAndHelp) {
  for (const auto& shape : kShapes) {
    Model model = update(sample_runs(shape.size, shape.charset), FormLoaded{sample_form()}).model;
    model = update(std::move(model), FormChecked{model.form->revision,
                                                 {{"maximal_drop", "must be a number, found \"x\""}},
                                                 {"as a command: quantrail run"}})
                .model;
    expect_golden("form_" + shape.name, model);
    model = typed(sample_runs(shape.size, shape.charset), "!");
    model =
        update(std::move(model), HealthLoaded{{{"Store", {"/data/store", "! on nfs"}}, {"Workers", {"none at work"}}}})
            .model;
    expect_golden("health_" + shape.name, model);
    expect_golden("help_" + shape.name, typed(sample_runs(shape.size, shape.charset), "?"));
  }
}

TEST(View, WhatLiesOverTheScreen) {
  const Model model = sample_runs({24, 80}, Charset::Ascii);
  expect_golden("question_80x24_ascii", typed(model, "X"));
  expect_golden("prompt_80x24_ascii", typed(model, "/state:ru"));
  expect_golden("palette_80x24_ascii", typed(model, ":r"));
  expect_golden("menu_80x24_ascii", typed(model, "o"));
}

TEST(View, AnEmptyStoreSaysHowToBegin) {
  Model model;
  model = update(std::move(model), RunsLoaded{}).model;
  const std::string text = view(model).to_text();
  EXPECT_THAT(text, HasSubstr("No runs yet"));
  EXPECT_THAT(text, HasSubstr(":init MODEL.onnx --calibration SAMPLES --validation SAMPLES"));
}

TEST(View, ATooSmallTerminalIsToldSo) {
  Model model = sample_runs({5, 30}, Charset::Ascii);
  EXPECT_EQ(view(model).to_text().substr(0, 28), "too small: 30x5, need 40x8\n\n");
}

TEST(View, AnySizeAndAnyKeysSurvive) {
  std::mt19937 random(7);
  Model model = sample_run({24, 80}, Charset::Utf8);
  std::vector<KeyPress> keys;
  for (const auto& binding : key_table()) keys.push_back(binding.key);
  for (const char32_t letter : U"xyz %.@0123456789") keys.push_back(on(letter == 0 ? U' ' : letter));
  for (int k = 0; k < 10000; ++k) {
    const auto roll = random() % 40;
    if (roll < 4) {
      model =
          update(std::move(model), Resized{{static_cast<int>(random() % 60), static_cast<int>(random() % 200)}}).model;
    } else if (roll == 4) {
      model = update(std::move(model), RunLoaded{sample_run({}, Charset::Utf8).run.detail}).model;
    } else if (roll == 5) {
      model = update(std::move(model), FormLoaded{sample_form()}).model;
    } else if (roll == 6) {
      model =
          update(std::move(model), ComparisonLoaded{*sample_comparison({}, Charset::Utf8).compare.comparison}).model;
    } else if (roll == 7) {
      model =
          update(std::move(model), Clicked{static_cast<int>(random() % 60), static_cast<int>(random() % 200)}).model;
    } else if (roll == 8) {
      model = update(std::move(model), Scrolled{static_cast<int>(random() % 9) - 4}).model;
    } else if (roll == 9) {
      const Model fresh = sample_runs({}, Charset::Utf8);
      RunsLoaded loaded{model.runs.query, fresh.runs.columns, fresh.runs.runs, 4, fresh.runs.states};
      loaded.runs.resize(random() % 5);
      model = update(std::move(model), loaded).model;
    } else if (roll == 10) {
      model = update(std::move(model),
                     CommandDone{{"show"}, static_cast<int>(random() % 2), "a\nb\nc\n", random() % 2 == 0})
                  .model;
    } else {
      model = update(std::move(model), KeyPressed{keys[random() % keys.size()]}).model;
    }
    const Frame frame = view(model);
    ASSERT_EQ(frame.size().rows, std::max(model.size.rows, 1));
  }
}

TEST(View, ControlCharactersInNamesAreShownNotSent) {
  Model model = sample_runs({24, 80}, Charset::Ascii);
  model.runs.runs[0].cells[1] = "a\x1b]0;owned\x07";
  const std::string picture = view(model).to_text();
  EXPECT_THAT(picture, Not(HasSubstr("\x1b")));
  EXPECT_THAT(picture, HasSubstr("a^[]0;owned^G"));
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
  frame.put(0, 1, "x");
  EXPECT_EQ(frame.to_text(), " x\n") << "no half of a glyph is left";
}

TEST(Frame, KeepsCombiningMarksWithTheirGlyph) {
  Frame frame({1, 4});
  EXPECT_EQ(frame.put(0, 0, "e\xCC\x81x"), 2);
  EXPECT_EQ(frame.to_text(), "e\xCC\x81x\n");
}

TEST(Text, IsFittedByColumnsNotBytes) {
  EXPECT_EQ(fitted("日本語", 5), "日本~");
  EXPECT_EQ(fitted_end("block2/depthwise", 8), "~pthwise");
  EXPECT_EQ(padded("ab", -4), "  ab");
  EXPECT_EQ(padded("é", 3), "é  ");
  EXPECT_EQ(width_of("e\xCC\x81"), 1);
  EXPECT_EQ(width_of("\xff\xfe"), 2);
  EXPECT_EQ(width_of("👍"), 2);
  EXPECT_EQ(width_of("ก็"), 1) << "Thai with a mark above";
}

TEST(Text, BeginsAtAnyColumn) {
  EXPECT_EQ(from_column("abcd", 0), "abcd");
  EXPECT_EQ(from_column("abcd", 3), "d");
  EXPECT_EQ(from_column("abcd", 9), "");
  EXPECT_EQ(from_column("日本", 2), "本");
  EXPECT_EQ(from_column("日本", 1), " 本") << "half a letter is a blank";
  EXPECT_EQ(from_column("e\xCC\x81xy", 1), "xy") << "an accent goes with its letter";
}

TEST(View, RowsOfTablesStayWholeAndScrollSideways) {
  Model model = sample_runs({12, 60}, Charset::Ascii);
  const std::string row = "0  layer" + std::string(60, '.') + "  0.1234  middle" + std::string(20, '.') + "  the end";
  const std::string sentence = "a sentence that is longer than the screen is wide, and is read in several rows";
  model.asked_from = model.way;
  model = after(model, {CommandDone{{"show"}, 0, row + "\n" + row + "\n" + sentence + "\n", true}});
  EXPECT_EQ(text_rows(model).size(), 4U) << "two rows and a sentence in two";
  std::string screen = view(model).to_text();
  EXPECT_THAT(screen, HasSubstr("0  layer"));
  EXPECT_THAT(screen, HasSubstr("Left Right sideways"));
  EXPECT_THAT(screen, HasSubstr("columns 1 to 58 of"));
  model = after(model, {key(Key::Right)});
  screen = view(model).to_text();
  EXPECT_THAT(screen, HasSubstr("0.1234"));
  EXPECT_THAT(screen, Not(HasSubstr("0  layer")));
  for (int pressed = 0; pressed < 20; ++pressed) model = after(model, {key(Key::Right)});
  EXPECT_THAT(view(model).to_text(), HasSubstr("the end\n")) << "no further than there is something";
  EXPECT_THAT(view(after(model, {Resized{{12, 200}}})).to_text(), HasSubstr("0  layer"));
  for (int pressed = 0; pressed < 20; ++pressed) model = after(model, {key(Key::Left)});
  EXPECT_THAT(view(model).to_text(), HasSubstr("0  layer"));
}

TEST(View, WhatWasNotMeasuredHasNoDrop) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  Model model = sample_run({24, 80}, Charset::Ascii);
  auto detail = *model.run.detail;
  detail.iterations = {{0, "quantized", {}, {}, kNothing, kNothing, true, 1.0, 2810000, 6.0}};
  detail.run.best = detail.run.drop = detail.limit = std::nullopt;
  detail.picks.clear();
  model.run.detail = std::make_shared<const RunDetail>(std::move(detail));
  for (const char* tab : {"1", "2", "5"})
    EXPECT_THAT(view(typed(model, tab)).to_text(), Not(HasSubstr("0.0000"))) << tab;
  EXPECT_THAT(view(typed(model, "1a")).to_text(), HasSubstr("drop"));
}

TEST(View, ANewRunStaysWithinTheSmallestFrame) {
  Model model = sample_run({8, 40}, Charset::Ascii);
  const auto last_of_frame = [&] {
    const std::string text = view(model).to_text();
    std::vector<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) lines.push_back(line);
    return lines.at(5);
  };
  const std::string border = last_of_frame();
  auto detail = *model.run.detail;
  detail.iterations.clear();
  model.run.detail = std::make_shared<const RunDetail>(std::move(detail));
  EXPECT_EQ(last_of_frame(), border);
}

TEST(View, TheHeadingSaysOfWhichMetricTheBestValueIs) {
  Model model = sample_run({40, 120}, Charset::Utf8);
  auto detail = *model.run.detail;
  detail.run.metric = "top1";
  detail.run.best = 0.9375;
  detail.tightest = "drop 0.0027 of 0.0030 cosine";
  model.run.detail = std::make_shared<const RunDetail>(detail);
  EXPECT_THAT(view(model).to_text(), HasSubstr("best 0.9375 top1,  drop 0.0027 of 0.0030 cosine"));
  detail.tightest = "drop 0.0027 of 0.0030 top1";
  model.run.detail = std::make_shared<const RunDetail>(detail);
  EXPECT_THAT(view(model).to_text(), HasSubstr("best 0.9375  drop 0.0027 of 0.0030 top1"));
}

TEST(View, SharesEndAtAllOfThem) {
  Model model = typed(sample_comparison({40, 120}, Charset::Ascii), "3");
  model.compare.axis = ParetoAxis::Int8Share;
  for (auto& point : model.compare.comparison->points) point.int8_share = 1.0;
  EXPECT_THAT(view(model).to_text(), HasSubstr("% int8 100.00"));
}

TEST(View, WhatChangedHasTheRoomThatThereIs) {
  Model model = sample_run({24, 80}, Charset::Ascii);
  auto detail = *model.run.detail;
  detail.picks = {{"best", 1}, {"fastest", 1}, {"smallest", 1}};
  detail.iterations[1].changed_layers = {"features.12/depth"};
  model.run.detail = std::make_shared<const RunDetail>(std::move(detail));
  const std::string screen = view(typed(model, "5")).to_text();
  EXPECT_THAT(screen, HasSubstr("features.12/depth "));
  EXPECT_THAT(screen, HasSubstr("best fast small\n"));
}

TEST(Text, IsWrappedBetweenWords) {
  EXPECT_THAT(wrapped("one two three", 8), testing::ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("abcdefgh", 3), testing::ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrapped("", 3), testing::ElementsAre(""));
  EXPECT_THAT(wrapped("日本語", 1), testing::SizeIs(3)) << "ends, though nothing fits";
}

}  // namespace
}  // namespace quantrail::tui
