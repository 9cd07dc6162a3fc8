#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

KeyPressed key(char32_t character) { return {{Key::Character, character}}; }
KeyPressed key(Key special) { return {{special, 0}}; }

Model runs() { return sample_runs({24, 80}, Charset::Ascii); }

Model after(Model model, std::initializer_list<Msg> msgs) {
  for (const auto& msg : msgs) model = update(std::move(model), msg).model;
  return model;
}

TEST(Update, EnterOpensTheSelectedRunAndLoadsIt) {
  const Next next = update(runs(), key(Key::Enter));
  EXPECT_EQ(next.model.where, Where::Run);
  EXPECT_EQ(next.commands, (std::vector<Cmd>{LoadRun{4}}));
}

TEST(Update, StoppingARunAsksForADifferentKey) {
  const Next asked = update(runs(), key(U'X'));
  EXPECT_EQ(asked.model.asking_to_stop, 4);
  EXPECT_TRUE(asked.commands.empty());
  const Next again = update(asked.model, key(U'X'));
  EXPECT_TRUE(again.commands.empty());
  EXPECT_FALSE(again.model.asking_to_stop);
  const Next sure = update(asked.model, key(U'y'));
  EXPECT_EQ(sure.commands, (std::vector<Cmd>{StopRun{4}}));
}

TEST(Update, ARunThatIsDoneHasNothingToStop) {
  const Next next = update(after(runs(), {key(Key::Down), key(Key::Down)}), key(U'X'));
  EXPECT_FALSE(next.model.asking_to_stop);
  ASSERT_TRUE(next.model.told);
  EXPECT_FALSE(next.model.told->good);
}

TEST(Update, OnlyAnInterruptedRunIsResumed) {
  EXPECT_TRUE(update(runs(), key(U'r')).commands.empty());
  EXPECT_EQ(update(after(runs(), {key(Key::Down)}), key(U'r')).commands, (std::vector<Cmd>{ResumeRun{3}}));
}

TEST(Update, ANewRunStartsFromTheTypedFile) {
  Model model = after(runs(), {key(U'n'), key(U'a'), key(U'q'), key(Key::Backspace), key(U'.')});
  const Next next = update(model, key(Key::Enter));
  EXPECT_EQ(next.commands, (std::vector<Cmd>{StartRun{"a."}}));
  EXPECT_FALSE(next.model.prompt);
}

TEST(Update, EscapeInAPromptChangesNothing) {
  const Next next = update(after(runs(), {key(U'n'), key(U'a')}), key(Key::Escape));
  EXPECT_TRUE(next.commands.empty());
  EXPECT_FALSE(next.model.prompt);
}

TEST(Update, ExportsTheSelectedIterationOfAnOpenRun) {
  Model model = after(sample_run({24, 80}, Charset::Ascii), {key(Key::Up), key(U'e')});
  ASSERT_TRUE(model.prompt);
  const Next next = update(model, key(Key::Enter));
  EXPECT_EQ(next.commands, (std::vector<Cmd>{ExportRun{4, 2, "mobilenet-v1-it2.onnx"}}));
}

TEST(Update, ExportsTheBestFromTheList) {
  const Next next = update(after(runs(), {key(U'e')}), key(Key::Enter));
  EXPECT_EQ(next.commands, (std::vector<Cmd>{ExportRun{4, std::nullopt, "mobilenet-v1-best.onnx"}}));
}

TEST(Update, TheSelectionStaysOnItsRunWhenTheListGrows) {
  Model model = after(runs(), {key(Key::Down)});
  RunsLoaded loaded{model.runs};
  loaded.runs.insert(loaded.runs.begin(), RunRow{9, "new"});
  EXPECT_EQ(current_run(after(model, {loaded}))->id, 3);
}

TEST(Update, TheFilterShowsOnlyWhatMatchesAndEscapeClearsIt) {
  Model model = after(runs(), {key(U'/'), key(U'k'), key(U'w')});
  ASSERT_EQ(shown_runs(model).size(), 1U);
  EXPECT_EQ(current_run(model)->id, 3);
  model = after(model, {key(Key::Escape)});
  EXPECT_EQ(shown_runs(model).size(), 4U);
}

TEST(Update, TheNewestIterationStaysSelectedWhileFollowing) {
  Model model = sample_run({24, 80}, Charset::Ascii);
  RunDetail grown = *model.open;
  grown.iterations.push_back(grown.iterations.back());
  EXPECT_EQ(after(model, {RunLoaded{grown}}).iteration, 4U);
  EXPECT_EQ(after(model, {key(Key::Up), RunLoaded{grown}}).iteration, 2U);
}

TEST(Update, NewsOfAnotherRunIsIgnored) {
  Model model = sample_run({24, 80}, Charset::Ascii);
  RunDetail other = *model.open;
  other.run.id = 77;
  EXPECT_EQ(after(model, {RunLoaded{other}}).open->run.id, 4);
}

TEST(Update, ATickReadsWhatIsOnTheScreen) {
  EXPECT_EQ(update(runs(), Ticked{"x"}).commands, (std::vector<Cmd>{LoadRuns{}}));
  EXPECT_EQ(update(sample_run({24, 80}, Charset::Ascii), Ticked{"x"}).commands, (std::vector<Cmd>{LoadRun{4}}));
}

TEST(Update, LeavingAsksForNothingButToLeave) {
  EXPECT_EQ(update(runs(), key(U'q')).commands, (std::vector<Cmd>{Quit{}}));
}

TEST(KeyTable, NoChangingActionSitsOnAByteThatEndsAnEscapeSequence) {
  constexpr std::u32string_view kEnds = U"ABCDEFHMOPQRSZ[~";
  for (const auto& binding : key_table()) {
    const bool changes =
        binding.action == Action::Stop || binding.action == Action::Resume || binding.action == Action::New;
    if (changes && binding.key.key == Key::Character) {
      EXPECT_EQ(kEnds.find(binding.key.character), std::u32string_view::npos) << binding.help;
    }
  }
}

TEST(KeyTable, NoKeyMeansTwoThingsOnOneScreen) {
  const auto table = key_table();
  for (std::size_t a = 0; a < table.size(); ++a) {
    for (std::size_t b = a + 1; b < table.size(); ++b) {
      if (table[a].where != table[b].where || table[a].action == table[b].action) continue;
      EXPECT_FALSE(table[a].key == table[b].key) << table[a].help << " / " << table[b].help;
    }
  }
}

}  // namespace
}  // namespace quantrail::tui
