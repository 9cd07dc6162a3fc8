#include "config/origins.h"

#include <gmock/gmock.h>

#include "config/overrides.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Origins, TellTheFilesValuesFromThoseThatWereSet) {
  const auto written = parse_json(R"({"model": {"model": "m.onnx"}, "engine": {"threads": 4, "seed": null,
      "metrics": [{"type": "accuracy", "top_k": 1}]}})");
  ASSERT_TRUE(written);
  const auto used =
      with_overrides(*written, {"engine.threads=2", "engine.metrics[0].top_k=1", "engine.metrics[0].name=x"});
  ASSERT_TRUE(used) << used.error().message;
  EXPECT_THAT(
      origins_of(*written, *used),
      ElementsAre(Pair("engine.metrics[0].name", "set"), Pair("engine.metrics[0].top_k", "file"),
                  Pair("engine.metrics[0].type", "file"), Pair("engine.threads", "set"), Pair("model.model", "file")));
}

TEST(Origins, TakeAListOfPlainValuesAsOneValue) {
  const auto written = parse_json(R"({"a": [1, 2], "b": [{"c": [3]}], "d": []})");
  const auto used = parse_json(R"({"a": [1, 3], "b": [{"c": [3]}, {"c": [4]}], "d": []})");
  EXPECT_THAT(origins_of(*written, *used),
              ElementsAre(Pair("a", "set"), Pair("b[0].c", "file"), Pair("b[1].c", "set"), Pair("d", "file")));
}

}  // namespace
}  // namespace quantrail
