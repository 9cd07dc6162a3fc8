#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Result<Config> parsed(const std::string& engine) {
  return parse_config(R"({"model": {"model": "m.onnx"}, "engine": {)" + engine + "}}", "/folder", "c.json", {});
}

std::string problem(const std::string& engine) {
  const auto config = parsed(engine);
  return config ? "none" : config.error().message;
}

std::string validation(const std::string& data) { return R"("validation": {"data": {)" + data + "}}"; }

Preprocess preprocess(const std::string& text) {
  const auto config = parsed(validation(R"("type": "cifar10", "path": "x")") + R"(, "preprocess": {)" + text + "}");
  EXPECT_TRUE(config) << config.error().message;
  if (!config) return {};
  const auto stored = parse_config(config->effective_json, "/", "stored", {});
  EXPECT_TRUE(stored && stored->engine == config->engine) << config->effective_json;
  return config->engine.validation->preprocess;
}

TEST(Engine, ReadsTheUsualRecipe) {
  const Preprocess expected{.resize = Preprocess::ResizeMode::ShortSide,
                            .width = 256,
                            .interpolation = Interpolation::Bicubic,
                            .antialias = false,
                            .crop_width = 224,
                            .crop_height = 224,
                            .rounding = Rounding::Torchvision,
                            .channel_order = "BGR",
                            .divide_by = 127.5,
                            .mean = {1, 1, 1},
                            .std = {0.5},
                            .layout = "NHWC"};
  EXPECT_EQ(preprocess(R"("resize": {"size": 256, "mode": "short_side", "interpolation": "bicubic", "antialias": false},
                          "crop": 224, "rounding": "torchvision", "channel_order": "BGR", "divide_by": 127.5, "mean": [1, 1, 1], "std": 0.5, "layout": "NHWC")"),
            expected);
}

TEST(Engine, KnowsTheFormsOfResizeAndCrop) {
  EXPECT_EQ(preprocess(R"("resize": 256)").resize, Preprocess::ResizeMode::ShortSide);
  EXPECT_EQ(preprocess(R"("resize": 256)").width, 256);
  const Preprocess exact = preprocess(R"("resize": {"width": 30, "height": 20}, "crop": {"width": 10, "height": 5})");
  EXPECT_EQ(exact.resize, Preprocess::ResizeMode::Exact);
  EXPECT_EQ(exact.width, 30);
  EXPECT_EQ(exact.height, 20);
  EXPECT_EQ(exact.crop_width, 10);
  EXPECT_EQ(exact.crop_height, 5);
  EXPECT_EQ(preprocess(R"("resize": {"mode": "exact", "size": 30})").height, 30);
  EXPECT_EQ(preprocess(R"("resize": null, "crop": null)"), Preprocess{});
}

TEST(Engine, ReadsLetterboxing) {
  const Preprocess boxed = preprocess(R"("resize": {"mode": "letterbox", "width": 416, "height": 320, "align": "center",
                                         "pad_value": 0}, "rounding": "down")");
  EXPECT_EQ(boxed.resize, Preprocess::ResizeMode::Letterbox);
  EXPECT_EQ(boxed.width, 416);
  EXPECT_EQ(boxed.height, 320);
  EXPECT_EQ(boxed.align, Alignment::Center);
  EXPECT_EQ(boxed.pad_value, 0);
  EXPECT_EQ(boxed.rounding, Rounding::Down);
  const Preprocess plain = preprocess(R"("resize": {"mode": "letterbox", "size": 416})");
  EXPECT_EQ(plain.height, 416);
  EXPECT_EQ(plain.align, Alignment::TopLeft);
  EXPECT_EQ(plain.pad_value, 114);
}

TEST(Engine, TakesOneMeanForGreyNetworks) {
  const Preprocess grey = preprocess(R"("channel_order": "GRAY", "mean": [0.1307], "std": 0.3081)");
  EXPECT_EQ(grey.channel_order, "GRAY");
  EXPECT_THAT(grey.mean, ElementsAre(0.1307));
}

TEST(Engine, RefusesHalfGivenSizes) {
  const auto refused = [](const std::string& text) {
    return problem(validation(R"("type": "cifar10", "path": "x")") + R"(, "preprocess": {)" + text + "}");
  };
  EXPECT_THAT(refused(R"("resize": {"width": 30})"), HasSubstr("engine.preprocess.resize.height: missing"));
  EXPECT_THAT(refused(R"("resize": {})"), HasSubstr("resize.size: missing"));
  EXPECT_THAT(refused(R"("resize": {"mode": "short_side", "width": 3, "height": 3})"),
              HasSubstr("short_side takes \"size\""));
  EXPECT_THAT(refused(R"("resize": {"size": 3, "width": 3, "height": 3})"), HasSubstr("give either"));
  EXPECT_THAT(refused(R"("resize": {"mode": "letterbox"})"), HasSubstr("resize.width: missing"));
  EXPECT_THAT(refused(R"("resize": {"mode": "letterbox", "size": 9, "pad_value": 256})"),
              HasSubstr("resize.pad_value: found 256, allowed is 0 to 255"));
  EXPECT_THAT(refused(R"("resize": {"mode": "letterbox", "size": 9, "align": "left"})"),
              HasSubstr("allowed are top_left, center"));
  EXPECT_THAT(refused(R"("resize": {"size": 9, "align": "center"})"),
              HasSubstr("resize.align: only for mode letterbox, this is short_side"));
  EXPECT_THAT(refused(R"("crop": {"width": 3})"), HasSubstr("crop.height: missing"));
  EXPECT_THAT(refused(R"("crop": "middle")"), HasSubstr("crop: found \"middle\" (a text), an integer is needed"));
  EXPECT_THAT(refused(R"("rounding": "up")"),
              HasSubstr("rounding: found \"up\", allowed are nearest, torchvision, down"));
  EXPECT_THAT(refused(R"("mean": [1, 2])"), HasSubstr("mean: found 2 numbers, 1 or 3 are needed"));
  EXPECT_THAT(refused(R"("channel_order": "GRAY", "std": [1, 2, 3])"),
              HasSubstr("std: found 3 numbers, channel_order GRAY needs one"));
  EXPECT_THAT(refused(R"("mean": [1, "2", 3])"), HasSubstr("mean: found \"2\" (a text), a number is needed"));
}

TEST(Engine, SidesMayHaveTheirOwnPreprocessing) {
  const auto config = parsed(R"("preprocess": {"divide_by": 255},
      "calibration": {"data": {"type": "cifar10", "path": "a"}, "limit": 7},
      "validation": {"data": {"type": "cifar10", "path": "b"}, "preprocess": {"divide_by": 2}})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->engine.calibration->preprocess.divide_by, 255);
  EXPECT_EQ(config->engine.validation->preprocess.divide_by, 2);
  EXPECT_EQ(config->engine.calibration->data.limit, 7);
  EXPECT_EQ(config->engine.validation->data.limit, 0);
  EXPECT_EQ(config->engine.calibration->data.path, "/folder/a");
}

TEST(Engine, ReadsEveryKindOfData) {
  const auto data = [](const std::string& text) {
    const auto config = parsed(validation(text));
    EXPECT_TRUE(config) << config.error().message;
    return config ? config->engine.validation->data : DataSpec{};
  };
  EXPECT_EQ(data(R"("type": "image_list", "path": "v.txt", "root": "i")").root, "/folder/i");
  EXPECT_EQ(data(R"("type": "image_list", "path": "v.txt", "classes": "n.txt")").classes, "/folder/n.txt");
  EXPECT_EQ(data(R"("type": "coco", "path": "v.json", "root": "i")").root, "/folder/i");
  EXPECT_EQ(data(R"("type": "image_folder", "path": "v")").path, "/folder/v");
  EXPECT_EQ(data(R"("type": "npy", "path": "v.npy", "layout": "NHWC")").layout, "NHWC");
  EXPECT_FALSE(data(R"("type": "test_data_set", "path": "v")").treats_images());
  const auto idx = data(R"("type": "idx", "path": "v.gz", "labels": "l.gz")");
  EXPECT_EQ(idx.labels, "/folder/l.gz");
  EXPECT_TRUE(idx.treats_images()) << "or may do so";
  EXPECT_EQ(data(R"("type": "npz", "path": "v.npz", "labels_array": "y")").labels_array, "y");
  EXPECT_EQ(data(R"("type": "npz", "path": "v.npz", "samples_array": "x")").samples_array, "x");
  EXPECT_EQ(data(R"("type": "image_folder", "path": "v", "classes": "n.txt")").classes, "/folder/n.txt");
  const auto arrays = data(R"("type": "npy", "arrays": {"ids": "a.npy", "mask": "b.npy"}, "labels": "l.npy")");
  EXPECT_EQ(arrays.arrays.at("mask"), "/folder/b.npy");
  EXPECT_EQ(arrays.labels, "/folder/l.npy");
}

TEST(Engine, RefusesDataThatIsIncompleteOrContradictory) {
  EXPECT_THAT(problem(R"("validation": {})"), HasSubstr("engine.validation.data: missing"));
  EXPECT_THAT(problem(validation(R"("path": "x")")), HasSubstr("data.type: missing, allowed are image_list"));
  EXPECT_THAT(problem(validation(R"("type": "images", "path": "x")")), HasSubstr("found \"images\""));
  EXPECT_THAT(problem(validation(R"("type": "cifar10")")), HasSubstr("data.path: missing"));
  EXPECT_THAT(problem(validation(R"("type": "npy")")), HasSubstr("give either \"path\""));
  EXPECT_THAT(problem(validation(R"("type": "cifar10", "path": "x", "labels": "l.npy")")),
              HasSubstr("labels: only for data of type npy, npz and idx, this is cifar10"));
  EXPECT_THAT(problem(validation(R"("type": "cifar10", "path": "x", "classes": "n.txt")")),
              HasSubstr("classes: only for data of type image_list and image_folder, this is cifar10"));
  EXPECT_THAT(problem(validation(R"("type": "test_data_set", "path": "x", "layout": "NCHW")")),
              HasSubstr("layout: only for data of type npy, npz and idx, this is test_data_set"));
  EXPECT_THAT(problem(validation(R"("type": "npy", "arrays": {"a": 3})")), HasSubstr("data.arrays.a: "));
  EXPECT_THAT(problem(R"("validation": {"data": {"type": "cifar10", "path": "x"}, "limit": -1})"),
              HasSubstr("limit: found -1"));
}

TEST(Engine, NotesPreprocessingThatArraysDoNotGet) {
  const auto config = parsed(validation(R"("type": "npy", "path": "v.npy")") + R"(, "preprocess": {"divide_by": 255})");
  EXPECT_THAT(config->notes, Contains(HasSubstr("engine.preprocess has no effect on engine.validation.data")));
}

TEST(Engine, NotesThatBothSidesReadTheSameFiles) {
  const auto notes = [](const std::string& validation_path) {
    return parsed(R"("calibration": {"data": {"type": "npz", "path": "a.npz"}},
        "validation": {"data": {"type": "npz", "labels_array": "y", "path": ")" +
                  validation_path + R"("}})")
        ->notes;
  };
  EXPECT_THAT(notes("a.npz"), Contains(HasSubstr("engine.calibration and engine.validation read the same files")));
  EXPECT_THAT(notes("b.npz"), Not(Contains(HasSubstr("same files"))));
  EXPECT_THAT(notes(R"(a.npz", "samples_array": "x_test)"), Not(Contains(HasSubstr("same files"))));
}

TEST(Engine, SaysWhereAMisplacedKeyBelongs) {
  EXPECT_THAT(problem(validation(R"("type": "cifar10", "path": "x", "limit": 3)")),
              HasSubstr("data.limit: unknown key (it is a key of engine.calibration or engine.validation)"));
  EXPECT_THAT(problem(validation(R"("type": "cifar10", "path": "x", "channel_order": "GRAY")")),
              HasSubstr("(it is a key of preprocess)"));
}

TEST(Engine, NamesMetricsAfterTheirType) {
  const auto config = parsed(
      R"("metrics": [{"type": "accuracy"}, {"type": "accuracy", "top_k": 5}, {"type": "accuracy", "name": "mine", "output": 1}])");
  std::vector<std::string> names;
  for (const auto& metric : config->engine.metrics) names.push_back(metric.name);
  EXPECT_THAT(names, ElementsAre("accuracy@top1", "accuracy@top5", "mine"));
  EXPECT_EQ(config->engine.metrics[2].output, 1);
  EXPECT_THAT(problem(R"("metrics": [{"type": "accuracy"}, {"type": "accuracy"}])"),
              HasSubstr("is the name of two metrics"));
  EXPECT_THAT(problem(R"("metrics": [{"top_k": 1}])"), HasSubstr("metrics[0].type: missing"));
  EXPECT_THAT(problem(R"("metrics": {"type": "accuracy"})"), HasSubstr("a list of objects is needed"));
}

TEST(Engine, ReadsWhatOtherMetricsTake) {
  const auto config = parsed(R"("metrics": [
      {"type": "accuracy", "threshold": 0.5}, {"type": "f1", "positive": 1, "output": 1},
      {"type": "psnr", "peak": 255}, {"type": "miou", "ignore": 255, "class_axis": -1}, {"type": "agreement"}],)" +
                             validation(R"("type": "npy", "path": "x.npy", "targets": "t.npy")"));
  ASSERT_TRUE(config) << config.error().message;
  const auto& metrics = config->engine.metrics;
  EXPECT_EQ(metrics[0].threshold, 0.5);
  EXPECT_EQ(metrics[1].positive, 1);
  EXPECT_EQ(metrics[1].threshold, std::nullopt);
  EXPECT_EQ(metrics[2].peak, 255.0);
  EXPECT_EQ(metrics[3].ignore, 255);
  EXPECT_EQ(metrics[3].class_axis, -1);
  EXPECT_EQ(config->engine.validation->data.targets, "/folder/t.npy");
  const auto stored = parse_config(config->effective_json, "/", "stored", {});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->engine, config->engine) << config->effective_json;
}

TEST(Engine, ReadsMetricsOfCommands) {
  const auto config = parsed(
      R"("metrics": [{"type": "command", "run": "python3 score.py", "direction": "higher-worse", "timeout": 5},
                     {"type": "command", "name": "other", "run": "x", "folder": "sub", "files": ["lib.sh", "/a/b.py"]}])");
  ASSERT_TRUE(config) << config.error().message;
  const auto& metrics = config->engine.metrics;
  EXPECT_EQ(metrics[0].run, "python3 score.py");
  EXPECT_EQ(metrics[0].folder, "/folder");
  EXPECT_FALSE(metrics[0].higher_is_better);
  EXPECT_EQ(metrics[0].timeout, std::chrono::seconds(5));
  EXPECT_EQ(metrics[1].folder, "/folder/sub");
  EXPECT_TRUE(metrics[1].higher_is_better);
  EXPECT_THAT(metrics[1].files, ElementsAre("/folder/lib.sh", "/a/b.py"));
  const auto stored = parse_config(config->effective_json, "/", "stored", {});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->engine, config->engine) << config->effective_json;
  EXPECT_THAT(problem(R"("metrics": [{"type": "command"}])"), HasSubstr("engine.metrics[0].run: missing"));
  EXPECT_THAT(problem(R"("metrics": [{"type": "command", "run": "x", "files": [""]}])"),
              HasSubstr("engine.metrics[0].files: a path is needed"));
  EXPECT_THAT(problem(R"("metrics": [{"type": "mse", "run": "x"}])"),
              HasSubstr("engine.metrics[0].run: only for metrics of type command"));
}

TEST(Engine, RecordsWholeFoldersOfCommands) {
  const std::string text = R"({"model": {"model": "m.onnx"},
      "engine": {"metrics": [{"type": "command", "run": "x"}, {"type": "command", "name": "y", "run": "y", "folder": "s"}]}})";
  const auto here = std::filesystem::current_path();
  for (const auto& [given, meant] : {std::pair{".", here}, {"cfg", here / "cfg"}, {"a/../cfg/", here / "cfg"}}) {
    const auto config = parse_config(text, given, "c.json", {});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->engine.metrics[0].folder, meant);
    EXPECT_EQ(config->engine.metrics[1].folder, meant / "s");
  }
}

TEST(Engine, RefusesKeysThatAMetricDoesNotRead) {
  EXPECT_THAT(problem(R"("metrics": [{"type": "mse", "top_k": 2}])"),
              HasSubstr("engine.metrics[0].top_k: only for metrics of type accuracy"));
  EXPECT_THAT(problem(R"("metrics": [{"type": "accuracy", "class_axis": 1}])"),
              HasSubstr("engine.metrics[0].class_axis: only for metrics of type agreement and miou"));
  EXPECT_THAT(problem(R"("metrics": [{"type": "accuracy", "threshold": 0, "top_k": 2}])"),
              HasSubstr("engine.metrics[0].top_k: with a threshold there are two classes"));
  EXPECT_THAT(problem(R"("metrics": [{"type": "psnr", "peak": 0}])"), HasSubstr("engine.metrics[0].peak"));
}

TEST(Engine, RefusesTargetsWhereTheyCannotBe) {
  EXPECT_THAT(problem(validation(R"("type": "cifar10", "path": "x", "targets": "t.npy")")),
              HasSubstr("targets: only for data of type npy, npz, idx and image_list"));
  EXPECT_THAT(problem(validation(R"("type": "npy", "path": "x", "targets_array": "t")")),
              HasSubstr("targets_array: only for data of type npz"));
  EXPECT_THAT(problem(validation(R"("type": "npz", "path": "x", "targets": "t.npy", "targets_array": "t")")),
              HasSubstr("give either \"targets\" (a file) or \"targets_array\""));
}

TEST(Engine, ReadsHowBoxesAreMeasured) {
  const auto config = parsed(R"("metrics": [
      {"type": "map", "decode": "yolox", "strides": [4, 8], "score_threshold": 0.05, "nms_iou": 0.6, "output": 2},
      {"type": "map", "decode": "boxes", "iou": 0.5}, {"type": "map", "decode": "yolox", "name": "mine"}])");
  ASSERT_TRUE(config) << config.error().message;
  const auto& metrics = config->engine.metrics;
  EXPECT_EQ(metrics[0], (MetricSpec{.type = "map",
                                    .name = "map",
                                    .output = 2,
                                    .decode = "yolox",
                                    .strides = {4, 8},
                                    .score_threshold = 0.05,
                                    .nms_iou = 0.6}));
  EXPECT_EQ(metrics[1].name, "map@50");
  EXPECT_EQ(metrics[1].iou, 0.5);
  EXPECT_EQ(metrics[1].nms_iou, 1.0) << "boxes are decoded already";
  EXPECT_EQ(metrics[2].nms_iou, 0.45);
  EXPECT_THAT(metrics[2].strides, ElementsAre(8, 16, 32));
  const auto stored = parse_config(config->effective_json, "/", "stored", {});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->engine, config->engine);
}

TEST(Engine, RefusesMetricsOfBoxesThatCannotBe) {
  const auto refused = [](const std::string& keys) { return problem(R"("metrics": [{)" + keys + "}]"); };
  EXPECT_THAT(refused(R"("type": "map")"), HasSubstr("metrics[0].decode: missing"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolo")"), HasSubstr("allowed are yolox, yolov5, yolov8, boxes"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "top_k": 1)"),
              HasSubstr("metrics[0].top_k: only for metrics of type accuracy"));
  EXPECT_THAT(refused(R"("type": "accuracy", "nms_iou": 0.5)"),
              HasSubstr("metrics[0].nms_iou: only for metrics of type map"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "boxes", "strides": [8])"),
              HasSubstr("metrics[0].strides: only for metrics of type map with decode yolox"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "strides": [8, 0])"), HasSubstr("strides: found 0"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "strides": [8.5])"), HasSubstr("strides: found 8.5"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "strides": [])"), HasSubstr("a list of integers is needed"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "strides": 8)"), HasSubstr("a list of integers is needed"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "iou": 0)"), HasSubstr("iou: found 0"));
  EXPECT_THAT(refused(R"("type": "map", "decode": "yolox", "score_threshold": 2)"),
              HasSubstr("score_threshold: found 2, allowed is 0 to 1"));
}

TEST(Engine, MeasuresAccuracyWhenNoMetricIsNamed) {
  const auto config = parsed(validation(R"("type": "cifar10", "path": "x")"));
  EXPECT_EQ(config->engine.metrics.front().name, "accuracy@top1");
  EXPECT_THAT(config->notes, Contains(HasSubstr("engine.metrics is not given")));
}

}  // namespace
}  // namespace quantrail
