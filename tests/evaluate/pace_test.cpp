#include <gmock/gmock.h>

#include "evaluate/evaluator.h"
#include "evaluate/fakes.h"
#include "evaluate/token_network.h"

namespace quantrail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing_evaluate::Largest;
using testing_evaluate::token_network;
using testing_evaluate::Tokens;

TEST(Pace, NamesTheSampleWhoseValuesTheNetworkCannotTake) {
  const auto data = std::make_shared<Tokens>(std::vector<std::int64_t>{3, 9, 3, 3});
  const std::vector<std::shared_ptr<const Metric>> metrics{std::make_shared<Largest>()};
  const auto pace = Evaluator::create(token_network(8), data, metrics, {.threads = 2})->pace({});
  ASSERT_FALSE(pace);
  EXPECT_THAT(pace.error().message, AllOf(StartsWith("row 1: "), HasSubstr("index 9 on an axis of 8")));
}

}  // namespace
}  // namespace quantrail
