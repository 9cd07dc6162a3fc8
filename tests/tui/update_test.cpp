#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

using testing::Contains;
using testing::ElementsAre;

TEST(Update, EnterOpensTheSelectedRunAndEscapeGoesBack) {
  const Next next = update(runs(), key(Key::Enter));
  EXPECT_EQ(next.model.screen(), Screen::Run);
  EXPECT_THAT(next.commands, ElementsAre(Cmd{LoadRun{.id = 4}}));
  EXPECT_EQ(after(next.model, {key(Key::Escape)}).screen(), Screen::Runs);
}

TEST(Update, StoppingARunAsksForADifferentKey) {
  const Next asked = update(runs(), key(U'X'));
  ASSERT_TRUE(asked.model.question);
  EXPECT_TRUE(asked.commands.empty());
  const Next again = update(asked.model, key(U'X'));
  EXPECT_TRUE(again.commands.empty());
  EXPECT_FALSE(again.model.question);
  EXPECT_TRUE(update(asked.model, key(Key::Enter)).commands.empty());
  EXPECT_THAT(commands_of(update(asked.model, key(U'y'))), ElementsAre(Arguments{"stop", "4"}));
}

TEST(Update, WhatCannotBeDoneSaysWhy) {
  const Model done = after(runs(), {key(Key::Down), key(Key::Down)});
  for (const char32_t letter : {U'X', U'r', U'p'}) {
    const Next next = update(done, key(letter));
    EXPECT_TRUE(next.commands.empty());
    EXPECT_FALSE(next.model.question);
    ASSERT_TRUE(next.model.told);
    EXPECT_FALSE(next.model.told->good);
  }
}

TEST(Update, WhereNoRunIsKeysThatNeedOneSaySo) {
  Model empty = runs();
  empty.runs.runs.clear();
  for (const char32_t letter : {U'X', U'r', U'p', U'd', U'e', U'b', U'm', U't', U'w', U'y', U'*'}) {
    const Next next = update(empty, key(letter));
    ASSERT_TRUE(next.model.told) << static_cast<char>(letter);
    EXPECT_EQ(next.model.told->text, "there is no run yet: n starts one");
    EXPECT_TRUE(next.commands.empty());
  }
  EXPECT_TRUE(update(empty, key(Key::Enter)).model.told);
  empty.runs.query.filter = "state:lost";
  EXPECT_EQ(update(empty, key(U'X')).model.told->text, "no run passes the filter: \\ lifts it");
}

TEST(Update, OneKeyResumesWhatIsInterruptedOrPaused) {
  const Model killed = after(runs(), {key(Key::Down)});
  EXPECT_THAT(commands_of(update(killed, key(U'r'))), ElementsAre(Arguments{"resume", "3", "--detach"}));
  Model paused = killed;
  paused.runs.runs[1].state = "paused";
  EXPECT_THAT(commands_of(update(paused, key(U'r'))), ElementsAre(Arguments{"resume", "3"}));
  EXPECT_THAT(commands_of(update(paused, key(U'p'))), ElementsAre(Arguments{"resume", "3"}));
  Model pausing = killed;
  pausing.runs.runs[1].state = "running";
  pausing.runs.runs[1].pausing = true;
  EXPECT_THAT(commands_of(update(pausing, key(U'r'))), ElementsAre(Arguments{"resume", "3"})) << "taken back";
  EXPECT_THAT(commands_of(update(pausing, key(U'p'))), ElementsAre(Arguments{"resume", "3"}));
  EXPECT_THAT(commands_of(update(runs(), key(U'p'))), ElementsAre(Arguments{"pause", "4"}));
}

TEST(Update, ARunOfAnotherMachineIsTakenOverOnlyOnceThatIsWanted) {
  Model model = after(runs(), {key(Key::Down)});
  model.runs.runs[1].state = "unknown";
  const Next asked = update(model, key(U'r'));
  EXPECT_TRUE(asked.commands.empty());
  EXPECT_THAT(commands_of(update(asked.model, key(U'y'))),
              ElementsAre(Arguments{"resume", "3", "--take-over", "--detach"}));
}

TEST(Update, TrashTakesTheMarkedRunsAfterAQuestion) {
  const Next live = update(after(runs(), {key(U' '), key(U' ')}), key(U'd'));
  EXPECT_FALSE(live.model.question);
  EXPECT_EQ(live.model.told->text, "run 4 mobilenet-v1 is running: X stops it first");
  const Next asked = update(after(runs(), {key(Key::Down), key(U' '), key(U' ')}), key(U'd'));
  ASSERT_TRUE(asked.model.question);
  EXPECT_TRUE(update(asked.model, key(U'd')).commands.empty());
  EXPECT_THAT(commands_of(update(asked.model, key(U'y'))), ElementsAre(Arguments{"rm", "2", "3"}));
  EXPECT_THAT(commands_of(update(runs(), key(U'u'))), ElementsAre(Arguments{"undo"}));
}

TEST(Update, TheSelectionStaysOnItsRunWhenTheListGrows) {
  Model model = after(runs(), {key(Key::Down)});
  RunsLoaded loaded{model.runs.query, model.runs.columns, model.runs.runs, 5, {}};
  loaded.runs.insert(loaded.runs.begin(), sample_row(9, "new", "queued"));
  EXPECT_EQ(current_run(after(model, {loaded}))->id, 3);
  EXPECT_EQ(current_run(after(runs(), {loaded}))->id, 4) << "keys act on what one has looked at";
}

TEST(Update, TheFilterAsksTheStoreWithEachKeyAndEscapePutsItBack) {
  const Next typing = update(after(runs(), {key(U'/')}), key(U'k'));
  EXPECT_THAT(typing.commands, ElementsAre(Cmd{LoadRuns{{.filter = "k"}, true}}));
  const Model refused = after(typing.model, {QueryRefused{{.filter = "k"}, "no such field"}});
  EXPECT_EQ(refused.runs.refused, "no such field");
  EXPECT_EQ(refused.runs.runs.size(), 4U) << "what was shown stays";
  const Next back = update(refused, key(Key::Escape));
  EXPECT_THAT(back.commands, ElementsAre(Cmd{LoadRuns{{}, true}}));
  EXPECT_FALSE(back.model.prompt);
}

TEST(Update, SortingByTheSameFieldAgainTurnsTheOrder) {
  Model model = after(runs(), {key(U'o'), key(Key::End)});
  const Next by_drop = update(model, key(Key::Enter));
  EXPECT_EQ(by_drop.model.runs.query.sort, "drop");
  const Next turned = update(after(by_drop.model, {key(U'o')}), key(Key::Enter));
  EXPECT_EQ(turned.model.runs.query.sort, "-drop");
}

TEST(Update, ViewsAreChosenAndSaved) {
  Model model = after(runs(), {ViewsLoaded{{{"small", {.filter = "drop<0.01", .sort = "size"}}}, {"id"}}});
  const Next chosen = update(after(model, {key(U'v'), key(Key::Down)}), key(Key::Enter));
  EXPECT_EQ(chosen.model.runs.query.filter, "drop<0.01");
  Model saving = after(chosen.model, {key(U'v'), key(Key::End), key(Key::Enter)});
  ASSERT_TRUE(saving.prompt);
  const Next saved = update(typed(saving, "mine"), key(Key::Enter));
  EXPECT_THAT(saved.commands, Contains(Cmd{SaveView{{"mine", {.filter = "drop<0.01", .sort = "size"}}}}));
}

TEST(Update, TagsArePutOnAndTakenOff) {
  const Next next = update(typed(after(runs(), {key(U't')}), "night -old"), key(Key::Enter));
  EXPECT_THAT(commands_of(next),
              ElementsAre(Arguments{"tag", "4", "--", "night"}, Arguments{"tag", "4", "--remove", "--", "old"}));
}

TEST(Update, ANoteGoesWithWhatStoodThereBefore) {
  Model model = after(runs(), {key(Key::Down), key(Key::Down), key(U'm')});
  ASSERT_TRUE(model.prompt);
  EXPECT_EQ(text_of(model.prompt->line), "the one to ship");
  const Next next = update(typed(model, "!"), key(Key::Enter));
  EXPECT_THAT(next.commands, ElementsAre(Cmd{WriteNote{2, "the one to ship!", "the one to ship"}}));
}

TEST(Update, ANoteWithLinesIsNotChangedByLookingAtIt) {
  Model model = runs();
  model.runs.runs[0].note = "one\ntwo";
  const Model asked = after(model, {key(U'm')});
  EXPECT_FALSE(asked.prompt);
  ASSERT_TRUE(asked.told);
  EXPECT_FALSE(asked.told->good);
}

TEST(Update, GroupsOfSeveralLayersAreIgnoredAndRevertedAsAWhole) {
  Model model = after(run(), {key(U'2')});
  RunDetail detail = *model.run.detail;
  auto& score = detail.rankings[0].scores[0];
  score.members = {"features.0/conv", "features.4/depthwise"};
  EXPECT_EQ(reverted_at(float_since(detail), score), 3);
  score.members.push_back("features.9/other");
  EXPECT_FALSE(reverted_at(float_since(detail), score));
  model = after(model, {RunLoaded{std::make_shared<const RunDetail>(detail)}, key(U'i')});
  EXPECT_EQ(model.ignored[4].size(), 3U);
  EXPECT_TRUE(after(model, {key(U'i')}).ignored[4].empty());
}

TEST(Update, WhatIsRefusedIsSaidWhereNobodyTypes) {
  const Model model = after(runs(), {QueryRefused{{.sort = "nothing"}, "no field \"nothing\""}});
  ASSERT_TRUE(model.told);
  EXPECT_EQ(model.told->text, "no field \"nothing\"");
}

TEST(Update, MarksGoWithTheRunsThatWentIntoTheTrash) {
  EXPECT_TRUE(after(runs(), {key(U' '), CommandDone{{"rm", "4"}, 0, "", false}}).runs.marked.empty());
  EXPECT_FALSE(after(runs(), {key(U' '), CommandDone{{"rm", "4"}, 2, "", false}}).runs.marked.empty());
}

TEST(Update, ToWatchARunIsToHaveItOpen) {
  const Next next = update(typed(after(runs(), {key(U':')}), "watch 3"), key(Key::Enter));
  EXPECT_EQ(next.model.screen(), Screen::Run);
  EXPECT_EQ(next.model.run.id, 3);
}

TEST(Update, ComparingNeedsTwoToSixRuns) {
  EXPECT_EQ(update(runs(), key(U'c')).model.screen(), Screen::Runs);
  const Next two = update(after(runs(), {key(U' ')}), key(U'c'));
  EXPECT_EQ(two.model.screen(), Screen::Compare);
  EXPECT_EQ(two.model.compare.runs, (std::vector<std::int64_t>{4, 3})) << "the marked one and the one under the cursor";
}

TEST(Update, OneOfTheComparedRunsIsChosenToBeLeftOut) {
  Model model = sample_comparison({24, 80}, Charset::Ascii);
  model.compare.runs = {4, 3};
  EXPECT_FALSE(update(model, key(U'-')).model.menu) << "two are the least";
  model.compare.runs = {4, 3, 2};
  const Next asked = update(model, key(U'-'));
  ASSERT_TRUE(asked.model.menu);
  EXPECT_EQ(asked.model.menu->entries.size(), 3U);
  const Next chosen = update(after(asked.model, {key(Key::Up)}), key(Key::Enter));
  EXPECT_EQ(chosen.model.compare.runs, (std::vector<std::int64_t>{4, 2}));
  EXPECT_EQ(update(asked.model, key(Key::Escape)).model.compare.runs.size(), 3U);
}

TEST(Update, APointOfTheFrontIsExported) {
  Model model = after(sample_comparison({24, 80}, Charset::Ascii), {key(U'3')});
  const auto points = pareto_points(model.compare);
  ASSERT_EQ(points.size(), 4U);
  const Next next = update(after(model, {key(Key::Right)}), key(U'e'));
  EXPECT_THAT(next.commands, ElementsAre(Cmd{LoadForm{{FormKind::Export, "4@1"}, {}}}));
  const Next open = update(model, key(Key::Enter));
  EXPECT_EQ(open.model.screen(), Screen::Run);
  EXPECT_EQ(open.model.run.wanted.value_or(-1), -1) << "found in what is known already, or wanted from the store";
}

TEST(Update, TheNewestIterationStaysSelectedWhileFollowing) {
  Model model = run();
  RunDetail grown = *model.run.detail;
  grown.iterations.push_back(grown.iterations.back());
  EXPECT_EQ(after(model, {RunLoaded{std::make_shared<const RunDetail>(grown)}}).run.iteration, 4U);
  EXPECT_EQ(after(model, {key(Key::Up), RunLoaded{std::make_shared<const RunDetail>(grown)}}).run.iteration, 2U);
}

TEST(Update, TheSelectedIterationIsExportedBranchedAndCopied) {
  const Model model = after(run(), {key(Key::Up)});
  EXPECT_THAT(update(model, key(U'e')).commands, ElementsAre(Cmd{LoadForm{{FormKind::Export, "4@2"}, {}}}));
  EXPECT_THAT(update(model, key(U'b')).commands, ElementsAre(Cmd{LoadForm{{FormKind::NewRun, "4@2"}, {}}}));
  EXPECT_THAT(update(model, key(U'y')).commands, ElementsAre(Cmd{CopyText{"4@2"}}));
  EXPECT_THAT(update(runs(), key(U'e')).commands, ElementsAre(Cmd{LoadForm{{FormKind::Export, "4@best"}, {}}}));
}

TEST(Update, LayersAreIgnoredInTheNextNewRun) {
  const Model model = after(run(), {key(U'2'), key(Key::Down), key(U'i')});
  const Next next = update(model, key(U'n'));
  EXPECT_THAT(next.commands, ElementsAre(Cmd{LoadForm{{FormKind::NewRun, "4", {"features.2/depthwise"}}, {}}}));
}

TEST(Update, TheOrderOfLayersGoesRound) {
  Model model = after(run(), {key(U'2'), key(U'o')});
  EXPECT_EQ(ordered_layers(model.run).front()->layer, "features.0/conv") << "most multiply-adds first";
  model = after(model, {key(U'o')});
  EXPECT_EQ(ordered_layers(model.run).front()->layer, "features.0/conv") << "reverted first";
  model = after(model, {key(U'o'), key(U'o')});
  EXPECT_EQ(ordered_layers(model.run).front()->layer, "features.4/depthwise") << "by rank again";
}

TEST(Update, TheLogIsSearchedBackAndForth) {
  Model model = after(run(), {key(U'3'), key(U'/')});
  model = update(typed(model, "ITERATION"), key(Key::Enter)).model;
  EXPECT_EQ(model.run.log_back, 1U);
  model = update(typed(after(model, {key(U'/'), KeyPressed{control(U'U')}}), "nowhere"), key(Key::Enter)).model;
  ASSERT_TRUE(model.told);
  EXPECT_FALSE(model.told->good);
}

TEST(Update, TheLogShowsOnlyWhatIsWorthIt) {
  Model model = after(run(), {key(U'3'), key(U'L')});
  EXPECT_EQ(log_rows(model.run).size(), 1U);
  model = after(model, {key(U'w')});
  EXPECT_EQ(log_rows(model.run).size(), 2U);
}

TEST(Update, ARuleSelectsTheIteration) {
  const Model model = after(run(), {key(U'5'), key(Key::Home), key(U'@'), key(Key::Enter)});
  EXPECT_EQ(current_iteration(model)->index, 3);
}

TEST(Update, ThePaletteKnowsTheCommandsOfTheProgram) {
  Model model = typed(after(runs(), {key(U':')}), "ra");
  ASSERT_FALSE(suggestions(model).empty());
  EXPECT_EQ(suggestions(model).front()->name, "rank");
  EXPECT_THAT(commands_of(update(model, key(Key::Enter))), ElementsAre(Arguments{"rank", "4"}));
  model = typed(after(runs(), {key(U':')}), "tag . \"two words\" 'x'");
  EXPECT_THAT(commands_of(update(model, key(Key::Enter))), ElementsAre(Arguments{"tag", "4", "two words", "x"}));
  for (const std::string text : {"note . 'x", "tag . \"two words", "note . it's"}) {
    const Next refused = update(typed(after(runs(), {key(U':')}), text), key(Key::Enter));
    EXPECT_TRUE(refused.commands.empty()) << text;
    EXPECT_THAT(refused.model.told->text, testing::HasSubstr("is open and not closed")) << text;
  }
  model = typed(after(runs(), {key(U':')}), "run c.json --name x");
  EXPECT_THAT(commands_of(update(model, key(Key::Enter))),
              ElementsAre(Arguments{"run", "c.json", "--name", "x", "--detach"}));
  model = typed(after(runs(), {key(U' '), key(U' '), key(U':')}), "show %");
  EXPECT_THAT(commands_of(update(model, key(Key::Enter))), ElementsAre(Arguments{"show", "3", "4"}));
  model = update(typed(after(runs(), {key(U':')}), "shw 3"), key(Key::Enter)).model;
  EXPECT_THAT(model.told->text, testing::HasSubstr("did you mean \"show\""));
}

TEST(Update, WhatACommandPrintedIsShown) {
  Model model = runs();
  model.busy = {"doctor"};
  model.asked_from = model.way;
  const Model page = after(model, {CommandDone{{"doctor"}, 0, "one\ntwo\n", true}});
  EXPECT_EQ(page.screen(), Screen::Text);
  EXPECT_EQ(page.text.lines, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(page.busy.empty());
  const Model line = after(model, {CommandDone{{"tag", "4", "x"}, 2, "quantrail: no\n", false}});
  EXPECT_EQ(line.screen(), Screen::Runs);
  EXPECT_EQ(line.told->text, "quantrail: no");
  EXPECT_FALSE(line.told->good);
}

TEST(Update, APasteOutsideOfATextDoesNothing) {
  Model model =
      after(runs(), {key(Key::PasteBegin), key(U'd'), key(U'y'), key(U'q'), key(Key::Enter), key(Key::PasteEnd)});
  EXPECT_FALSE(model.question);
  EXPECT_EQ(model.screen(), Screen::Runs);
  model = after(runs(), {key(U'/'), key(Key::PasteBegin), key(U'a'), key(Key::Enter), key(U'b'), key(Key::PasteEnd)});
  ASSERT_TRUE(model.prompt);
  EXPECT_EQ(text_of(model.prompt->line), "ab") << "a line end in a paste accepts nothing";
}

TEST(Update, APasteWhoseEndWasLostEndsByItself) {
  const Model pasting = after(runs(), {key(Key::PasteBegin), key(U'a')});
  EXPECT_FALSE(after(pasting, {KeyPressed{control(U'C')}}).pasting);
  EXPECT_TRUE(after(pasting, {Ticked{}}).pasting);
  EXPECT_FALSE(after(pasting, {Ticked{}, Ticked{}}).pasting);
}

TEST(Update, WhatIsNoFilterStaysToBeMended) {
  const Model refused = after(typed(after(runs(), {key(U'/')}), "x"), {QueryRefused{{.filter = "x"}, "no"}});
  EXPECT_TRUE(after(refused, {key(Key::Enter)}).prompt);
}

TEST(Update, AnAnswerToAnEarlierQuestionIsNotShown) {
  const Model model = typed(after(runs(), {key(U'/')}), "ab");
  RunsLoaded early{{.filter = "a"}, model.runs.columns, {}, 4, {}};
  EXPECT_EQ(after(model, {early}).runs.runs.size(), 4U);
  early.query.filter = "ab";
  EXPECT_TRUE(after(model, {early}).runs.runs.empty());
}

TEST(Update, NothingHappensToMarkedRunsOutOfSight) {
  Model model = after(runs(), {key(U' ')});
  RunsLoaded others{{}, model.runs.columns, {model.runs.runs[2]}, 4, {}};
  model = after(model, {others, key(U'd')});
  ASSERT_TRUE(model.question);
  EXPECT_THAT(model.question->commands, ElementsAre(Arguments{"rm", "2"}));
}

TEST(Update, UpAfterTheEndGoesUp) {
  Model model = after(runs(), {key(U'?'), key(Key::End)});
  const auto end = model.text.scroll;
  EXPECT_EQ(after(model, {key(Key::Up)}).text.scroll, end - 1);
  EXPECT_NE(view(model).to_text(), view(after(model, {key(Key::Up)})).to_text());
}

TEST(Update, ARunThatCannotBeReadIsNotCompared) {
  Model model = sample_comparison({24, 80}, Charset::Ascii);
  model = update(typed(after(model, {key(U'+')}), "99"), key(Key::Enter)).model;
  EXPECT_EQ(model.compare.runs.size(), 4U);
  const Comparison three = *model.compare.comparison;
  EXPECT_EQ(after(model, {ComparisonLoaded{three, {2, 3, 4}}}).compare.runs.size(), 4U) << "asked for before";
  EXPECT_EQ(after(model, {ComparisonLoaded{three, {2, 3, 4, 99}}}).compare.runs, (std::vector<std::int64_t>{2, 3, 4}));
}

TEST(Update, TheWheelMovesAndAClickSelects) {
  Model model = after(runs(), {Scrolled{2}});
  EXPECT_EQ(current_run(model)->id, 2);
  model = after(model, {Clicked{3, 10}});
  EXPECT_EQ(current_run(model)->id, 4);
  model = after(run(), {Clicked{1, 12}});
  EXPECT_EQ(model.run.tab, RunTab::Layers);
}

TEST(Update, TicksReadTheStoreOnlyWhereItChanged) {
  EXPECT_THAT(update(runs(), Ticked{"14:04"}).commands, ElementsAre(Cmd{LoadRuns{{}, false}}));
  EXPECT_THAT(update(run(), Ticked{"14:04"}).commands, ElementsAre(Cmd{LoadRun{.id = 4, .fresh = false}}));
}

TEST(Update, MovingLooksAtTheRunOnlyOnceKeysRest) {
  EXPECT_THAT(update(runs(), key(Key::Down)).commands, ElementsAre(Cmd{LoadRun{.id = 3, .quiet = true}}));
}

}  // namespace
}  // namespace quantrail::tui
