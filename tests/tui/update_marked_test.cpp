#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Runs 4 (running), 3 (interrupted), 2 and 1 (done), all marked.
Model marked() { return after(sample_runs({24, 80}, Charset::Ascii), {KeyPressed{control(U'A')}}); }

TEST(Marked, AreResumedPausedAndStarredAsFarAsTheyCanBe) {
  const Next resumed = update(marked(), key(U'r'));
  EXPECT_THAT(commands_of(resumed), ElementsAre(Arguments{"resume", "3", "--detach"}));
  EXPECT_EQ(resumed.model.told->text, "1 resumed; 3 others cannot be");
  EXPECT_THAT(commands_of(update(marked(), key(U'p'))), ElementsAre(Arguments{"pause", "4"}));
  EXPECT_THAT(commands_of(update(marked(), key(U'*'))),
              ElementsAre(Arguments{"star", "4"}, Arguments{"star", "3"}, Arguments{"star", "1"}));
}

TEST(Marked, AreStoppedAfterOneQuestion) {
  const Next asked = update(marked(), key(U'X'));
  ASSERT_TRUE(asked.model.question);
  EXPECT_EQ(asked.model.question->text, "stop run 4 mobilenet-v1? They can be resumed.");
  EXPECT_THAT(commands_of(update(asked.model, key(U'y'))), ElementsAre(Arguments{"stop", "4"}));
}

TEST(Marked, OutOfSightAreNotCompared) {
  Model model = after(sample_runs({24, 80}, Charset::Ascii), {key(U' '), key(U' ')});
  RunsLoaded narrowed{model.runs.query, model.runs.columns, {model.runs.runs[2], model.runs.runs[3]}, 4, {}};
  narrowed.query.filter = "state:done";
  model.runs.wanted = narrowed.query;
  model = after(model, {narrowed});
  EXPECT_THAT(view(model).to_text(), testing::HasSubstr("2 marked, 2 hidden"));
  const Next compared = update(std::move(model), key(U'c'));
  EXPECT_EQ(compared.model.screen(), Screen::Runs);
  EXPECT_FALSE(compared.model.told->good);
}

TEST(Marked, ThatAreGoneAreNotMarkedAnyMore) {
  Model model = marked();
  RunsLoaded fewer{model.runs.query, model.runs.columns, {model.runs.runs[0]}, 1, {}};
  EXPECT_EQ(after(model, {fewer}).runs.marked, (std::set<std::int64_t>{4}));
}

TEST(Marked, ToWatchByNameIsToHaveItOpen) {
  Model model = sample_runs({24, 80}, Charset::Ascii);
  const auto watched = [&](const std::string& what) {
    return update(typed(after(model, {key(U':')}), "watch " + what), key(Key::Enter));
  };
  EXPECT_EQ(watched("kws").model.run.id, 3);
  EXPECT_EQ(watched("latest").model.run.id, 4);
  EXPECT_THAT(commands_of(watched("nobody")), IsEmpty());
  EXPECT_FALSE(watched("nobody").model.told->good);
}

}  // namespace
}  // namespace quantrail::tui
