#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tui/sample_models.h"

namespace quantrail::tui {
namespace {

TEST(KeyTable, NothingThatChangesAnythingSitsOnTheEndOfAnEscapeSequence) {
  const std::u32string ends = U"ABCDEFHMOPQRSZ[~";
  const std::vector<Action> harmless{Action::Up,        Action::Down, Action::Previous, Action::Level,
                                     Action::NextMatch, Action::Last, Action::First,    Action::PreviousMatch};
  for (const auto& binding : key_table()) {
    for (const auto& press : {binding.key, binding.other}) {
      if (press.key != Key::Character || ends.find(press.character) == std::u32string::npos) continue;
      EXPECT_THAT(harmless, testing::Contains(binding.action)) << binding.shown;
    }
  }
}

TEST(KeyTable, EveryScreenHasNoKeyTwiceAndAWayOut) {
  for (const auto& one : key_table()) {
    int same = 0;
    for (const auto& other : key_table())
      same += other.context == one.context && (other.key == one.key || other.other == one.key) ? 1 : 0;
    EXPECT_EQ(same, 1) << title_of(one.context) << " " << one.shown;
  }
  for (const Screen screen : {Screen::Runs, Screen::Run, Screen::Compare, Screen::Form, Screen::Health, Screen::Text}) {
    Model model;
    model.way = {screen};
    const auto action = action_for(contexts_of(model), on(screen == Screen::Form ? on(Key::Escape).key : Key::Escape));
    EXPECT_EQ(action, screen == Screen::Runs ? Action::ClearFilter : Action::Back);
  }
}

}  // namespace
}  // namespace quantrail::tui
