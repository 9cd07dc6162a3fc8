// What people see while a search waits for an answer.
#include "search/step.h"

#include <gmock/gmock.h>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing_search::accuracy_aware;
using testing_search::Player;

std::vector<std::string> steps_of(Player player, SearchSettings settings) {
  std::vector<std::string> names;
  player.state = started(std::move(settings));
  for (;;) {
    const Request request = next(player.state);
    if (std::holds_alternative<Done>(request)) return names;
    if (const auto name = step_name(player.state, request); !name.empty()) names.push_back(name);
    player.state = after(std::move(player.state), player.answer(request));
  }
}

TEST(StepName, NamesTheGroupThatIsReverted) {
  EXPECT_THAT(steps_of({.drops = {0.05, 0.03, 0.005}}, accuracy_aware()),
              ElementsAre("evaluate float model", "evaluate quantized model", "rank 4 groups", "revert A", "revert B"));
}

TEST(StepName, CountsTheGroupsOfABeginningBeyondThoseThatWereGiven) {
  auto settings = accuracy_aware();
  settings.order = SearchOrder::Bisect;
  settings.prune = true;
  settings.start = {"D", "C"};
  EXPECT_THAT(
      steps_of({.drops = {0.05, 0.04, 0.03, 0.005, 0.005, 0.02, 0.02, 0.02}, .groups = "ABCDE"}, settings),
      ElementsAre("evaluate float model", "evaluate quantized model", "revert the given 2 groups", "rank 3 groups",
                  "revert A", "revert the first 2 groups", "put back A", "put back C", "put back D"));
}

TEST(StepName, TellsEstimatesFromModels) {
  auto settings = accuracy_aware();
  settings.order = SearchOrder::Bisect;
  settings.ranking_subset_size = 4;
  Player player{};
  player.drop_with = [](const auto& reverted) { return reverted.size() >= 2 ? 0.0 : 0.05; };
  EXPECT_THAT(steps_of(player, settings),
              ElementsAre("evaluate float model", "evaluate quantized model", "rank 4 groups", "estimate: revert A",
                          "estimate: revert the first 2 groups", "revert the first 2 groups", "revert A"));
}

}  // namespace
}  // namespace quantrail
