#include "run/data_remarks.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Statistics learned(std::int64_t of_input, std::int64_t of_computed = 0) {
  Statistics statistics{.samples = 4};
  statistics.values["x"].not_finite = of_input;
  statistics.values["first"].not_finite = of_computed;
  statistics.values["then"].not_finite = 2 * of_computed;
  return statistics;
}

const Graph kGraph{.name = "g",
                   .inputs = {{"x", ElementType::Float32, {-1, 4}}, {"mask", ElementType::Float32, {-1}}},
                   .nodes = {{.name = "a", .op = "Log", .inputs = {"x"}, .outputs = {"first"}},
                             {.name = "b", .op = "Relu", .inputs = {"first"}, .outputs = {"then"}}}};

TEST(DataRemarks, TellOfInputsThatAreNoNumbers) {
  EXPECT_THAT(
      data_remarks(kGraph, learned(1)),
      ElementsAre("calibration: 1 element of input \"x\" is NaN, infinite or beyond 1e30; ranges leave it out"));
  EXPECT_THAT(
      data_remarks(kGraph, learned(3)),
      ElementsAre("calibration: 3 elements of input \"x\" are NaN, infinite or beyond 1e30; ranges leave them out"));
}

TEST(DataRemarks, TellOfTheFirstValueThatANetworkMakesNoNumbersOf) {
  EXPECT_THAT(
      data_remarks(kGraph, learned(0, 5)),
      ElementsAre(
          "calibration: 5 elements of value \"first\" are NaN, infinite or beyond 1e30; ranges leave them out"));
  EXPECT_EQ(data_remarks(kGraph, learned(1, 5)).size(), 1U) << "what follows from an input's is not told again";
}

TEST(DataRemarks, AreSilentAboutNumbers) { EXPECT_THAT(data_remarks(kGraph, learned(0)), IsEmpty()); }

TEST(ClippingRemark, NamesTheValueOfWhichMostIsLost) {
  Statistics learned;
  ValueStatistics& few = learned.values["few"];
  few.samples = 4;
  few.elements = 10;
  few.minima = {0.0F, 0.0F, 0.0F, 0.0F};
  few.maxima = {1.0F, 5.0F, 2.0F, 9.0F};
  learned.values["many"] = few;
  learned.values["many"].elements = 1000;
  Quantization quantization;
  quantization.activations = {{"few", {4.25F / 255.0F, 0}}, {"many", {4.25F / 255.0F, 0}}};
  const auto remark = clipping_remark(quantization, learned);
  EXPECT_NE(remark.find("\"few\" (10 to a sample)"), std::string::npos) << remark;
  EXPECT_NE(remark.find("at least 5.0 %"), std::string::npos) << remark;  // 2 of 40
  quantization.activations.erase("few");
  EXPECT_EQ(clipping_remark(quantization, learned), "");
}

}  // namespace
}  // namespace quantrail
