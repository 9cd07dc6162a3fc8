#include "run/data_remarks.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Statistics learned(std::int64_t not_finite) {
  Statistics statistics{.samples = 4};
  statistics.values["x"].not_finite = not_finite;
  statistics.values["inner"].not_finite = 7;
  return statistics;
}

const Graph kGraph{.name = "g", .inputs = {{"x", ElementType::Float32, {-1, 4}}, {"mask", ElementType::Float32, {-1}}}};

TEST(DataRemarks, TellOfInputsThatAreNoNumbers) {
  EXPECT_THAT(data_remarks(kGraph, learned(1)),
              ElementsAre("calibration: 1 element of input \"x\" is NaN or infinite; ranges leave it out"));
  EXPECT_THAT(data_remarks(kGraph, learned(3)),
              ElementsAre("calibration: 3 elements of input \"x\" are NaN or infinite; ranges leave them out"));
}

TEST(DataRemarks, AreSilentAboutWhatANetworkMakesOfNumbers) {
  EXPECT_THAT(data_remarks(kGraph, learned(0)), IsEmpty());
}

}  // namespace
}  // namespace quantrail
