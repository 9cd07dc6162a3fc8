#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RunLoaded loaded(RunDetail detail) { return {std::make_shared<const RunDetail>(std::move(detail))}; }

std::int64_t iteration_of_point(const Model& model) {
  return pareto_points(model.compare).at(model.compare.point)->iteration;
}

TEST(Update, MetricsAreGoneThroughInTurn) {
  Model model = run();
  EXPECT_FALSE(update(model, key(U's')).model.told->good);  // it has only one
  RunDetail detail = *model.run.detail;
  detail.metrics = {"map", "map@50"};
  model = update(std::move(model), RunLoaded{std::make_shared<const RunDetail>(detail)}).model;
  const Next second = update(std::move(model), key(U's'));
  EXPECT_THAT(second.commands, ElementsAre(Cmd{LoadRun{.id = 4, .metric = "map@50"}}));
  EXPECT_THAT(update(second.model, Ticked{"14:04"}).commands,
              ElementsAre(Cmd{LoadRun{.id = 4, .fresh = false, .metric = "map@50"}}));
  EXPECT_THAT(update(second.model, key(U's')).commands, ElementsAre(Cmd{LoadRun{.id = 4}}));

  Model compared = sample_comparison({24, 80}, Charset::Ascii);
  compared.compare.comparison->metrics = {"map", "map@50"};
  EXPECT_THAT(update(std::move(compared), key(U's')).commands,
              ElementsAre(Cmd{LoadComparison{{2, 3, 4}, true, "map@50"}}));
}

TEST(Update, ARunThatWasRemovedSaysSoAndTakesNoKeys) {
  Model model = run();
  RunDetail detail = *model.run.detail;
  detail.run.state = "interrupted";
  model = update(std::move(model), loaded(detail)).model;
  EXPECT_THAT(view(model).to_text(), AllOf(HasSubstr("r resume"), HasSubstr("e export")));
  detail.run.trashed = true;
  const Model trashed = update(model, loaded(detail)).model;
  EXPECT_THAT(view(trashed).to_text(),
              AllOf(HasSubstr("mobilenet-v1   in the trash"), Not(HasSubstr("r resume")), Not(HasSubstr("e export"))));
  const Next refused = update(trashed, key(U'r'));
  EXPECT_TRUE(refused.commands.empty());
  EXPECT_EQ(refused.model.told->text, "run 4 is in the trash; `:undo 4` takes it out");
  const Model deleted = update(trashed, RunGone{4}).model;
  EXPECT_THAT(view(deleted).to_text(), AllOf(HasSubstr("mobilenet-v1   deleted"), Not(HasSubstr("n new"))));
  EXPECT_FALSE(deleted.told) << "the title says it";
  EXPECT_TRUE(update(deleted, key(U'e')).commands.empty());
  EXPECT_FALSE(update(deleted, RunGone{7}).model.told);
  EXPECT_THAT(view(update(deleted, loaded(sample_detail(sample_row(4, "mobilenet-v1", "done")))).model).to_text(),
              Not(HasSubstr("deleted")));
}

TEST(Update, AWordThatACommandOfTheScreensDoesNotTakeIsRefused) {
  for (const auto* text : {":mouse maybe", ":theme", ":charts dots", ":clock 12"}) {
    Model model = runs();
    for (const char letter : std::string(text)) model = after(model, {key(static_cast<char32_t>(letter))});
    const Next next = update(std::move(model), key(Key::Enter));
    EXPECT_TRUE(next.commands.empty()) << text;
    ASSERT_TRUE(next.model.told) << text;
    EXPECT_FALSE(next.model.told->good) << text;
  }
}

TEST(Looking, TheChosenModelOfAComparisonStaysChosen) {
  Model model = after(sample_comparison({24, 80}, Charset::Ascii), {key(U'3'), key(U't')});
  model = after(model, {key(Key::Right), key(Key::Right), key(Key::Right)});
  const std::int64_t chosen = iteration_of_point(model);
  const auto run_of = [](const Model& m) { return pareto_points(m.compare).at(m.compare.point)->run; };
  const std::size_t run = run_of(model);
  Comparison more = *model.compare.comparison;
  more.points.push_back({0, 3, 0.7, 0.15, 0.9, 2000000, 3, true, false});  // smaller than all others: on the left
  const Model again = after(model, {ComparisonLoaded{more, {2, 3, 4}}});
  EXPECT_EQ(iteration_of_point(again), chosen);
  EXPECT_EQ(run_of(again), run);
  const Model other_axis = after(again, {key(U'a')});
  EXPECT_EQ(iteration_of_point(other_axis), chosen);
  EXPECT_EQ(run_of(other_axis), run);
}

TEST(Looking, ALayerStaysSelectedInAnotherOrderAndANewRanking) {
  Model model = after(run(), {key(U'2'), key(Key::Down), key(Key::Down)});
  const std::string layer = ordered_layers(model.run).at(model.run.layer)->layer;
  EXPECT_EQ(layer, "features.0/conv");
  EXPECT_EQ(ordered_layers(after(model, {key(U'o')}).run).at(after(model, {key(U'o')}).run.layer)->layer, layer);
  RunDetail detail = *model.run.detail;
  Ranking later = detail.rankings.front();
  std::reverse(later.scores.begin(), later.scores.end());
  detail.rankings.push_back(later);
  model = after(model, {loaded(detail)});
  EXPECT_EQ(model.run.layer, 0U);
  EXPECT_EQ(ordered_layers(model.run).front()->layer, layer);
}

TEST(Looking, WhatIsReadOfALogStaysWhereItIs) {
  Model model = after(sample_run({10, 80}, Charset::Ascii), {key(U'3')});
  RunDetail detail = *model.run.detail;
  for (int line = 0; line < 20; ++line) detail.log.push_back({"14:03:00", "info", fmt::format("line {}", line)});
  model = after(model, {loaded(detail), key(Key::Home)});
  const std::size_t back = model.run.log_back;
  ASSERT_GT(back, 0U);
  detail.log.push_back({"14:04:00", "info", "news"});
  EXPECT_EQ(after(model, {loaded(detail)}).run.log_back, back + 1);
  EXPECT_EQ(after(model, {key(Key::End), loaded(detail)}).run.log_back, 0U) << "the end is followed";
}

TEST(Looking, APageThatACommandPrintedDoesNotTakeOneAwayFromAnother) {
  Model model = runs();
  model.asked_from = model.way;
  model = after(model, {key(Key::Enter), CommandDone{{"evaluate"}, 0, "one\ntwo\n", true}});
  EXPECT_EQ(model.screen(), Screen::Run);
  EXPECT_EQ(model.told->text, "evaluate: done, Ctrl-O shows it");
  model = after(model, {KeyPressed{control(U'O')}});
  EXPECT_EQ(model.screen(), Screen::Text);
  EXPECT_THAT(model.text.lines, ElementsAre("one", "two"));
}

TEST(Looking, WhatFailedIsNotTalkedOver) {
  Model model = after(runs(), {CommandDone{{"tag", "4", "a b"}, 2, "no such tag\n", false},
                               CommandDone{{"tag", "4", "c"}, 0, "tagged\n", false}});
  EXPECT_EQ(model.told->text, "no such tag");
  model = after(model, {key(Key::Down), CommandDone{{"tag", "4", "c"}, 0, "tagged\n", false}});
  EXPECT_EQ(model.told->text, "tagged");
}

TEST(Looking, AnErrorOfReadingIsForgottenOnceItReads) {
  Model model = after(runs(), {Told{"the store is locked", false, true}});
  EXPECT_EQ(model.told->text, "the store is locked");
  EXPECT_FALSE(after(model, {loaded(*model.runs.preview)}).told);
  model = after(runs(), {Told{"the note was changed", false}});
  EXPECT_TRUE(after(model, {loaded(*model.runs.preview)}).told);
}

TEST(Looking, WhatWasTypedComesBack) {
  Model model = after(runs(), {key(U'm')});
  model = update(typed(std::move(model), "first"), key(Key::Enter)).model;
  model = after(model, {key(U'm'), key(Key::Up)});
  EXPECT_EQ(text_of(model.prompt->line), "first");
  EXPECT_EQ(text_of(after(model, {key(Key::Down)}).prompt->line), "");
  model = after(model, {key(Key::Escape), key(U':')});
  model = update(typed(std::move(model), "show 3"), key(Key::Enter)).model;
  EXPECT_EQ(text_of(after(model, {key(U':'), KeyPressed{control(U'P')}}).prompt->line), "show 3");
}

TEST(Looking, MarkedLayersAreKeptWithTheirRun) {
  Model model = after(run(), {key(U'2'), key(U'i'), key(U'q'), key(Key::Enter), key(U'2')});
  EXPECT_EQ(model.ignored[4].size(), 1U);
  const Next form = update(after(model, {key(U'q')}), key(U'n'));
  ASSERT_EQ(form.commands.size(), 1U);
  EXPECT_THAT(std::get<LoadForm>(form.commands[0]).source.ignored, ElementsAre("features.4/depthwise"));
}

TEST(Looking, AWorkerThatSaysNothingIsNoProgress) {
  Model model = run();
  RunDetail detail = *model.run.detail;
  detail.run.step->trouble = "no sign of life for 2 min 41 s, though process 4711 is there";
  const std::string picture = view(after(model, {loaded(detail)})).to_text();
  EXPECT_THAT(picture, testing::HasSubstr("no sign of life for 2 min 41 s"));
  EXPECT_THAT(picture, testing::Not(testing::HasSubstr("left")));
}

}  // namespace
}  // namespace quantrail::tui
