#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "config/range_config.h"

namespace quantrail {

// ---- engine: data, preprocessing, metrics --------------------------------------------------------------------------

enum class Interpolation { Nearest, Bilinear, Bicubic };

/// How sizes and places that fall between pixels are rounded.
enum class Rounding {
  Nearest,      ///< resized sides to the nearest, half to even; the crop's offset down
  Torchvision,  ///< as torchvision's Resize and CenterCrop: resized sides down, the offset to the nearest, half to even
  Down,         ///< sides and offset down
};

/// Where letterboxing puts the image.
enum class Alignment { TopLeft, Center };

/// Image to tensor, in this order: luminance where channel_order is GRAY, resize, centre crop, channel order,
/// (value / divide_by - mean) / std, layout.
struct Preprocess {
  enum class ResizeMode { None, ShortSide, Exact, Letterbox };
  ResizeMode resize = ResizeMode::None;
  std::int64_t width = 0;  ///< Exact, Letterbox: target size; ShortSide: `width` holds the short side
  std::int64_t height = 0;
  Interpolation interpolation = Interpolation::Bilinear;
  bool antialias = true;                 ///< as Pillow does when shrinking
  Alignment align = Alignment::TopLeft;  ///< Letterbox: of the image in the target
  std::int64_t pad_value = 114;          ///< Letterbox: code of what the image leaves free, in every channel; 0 to 255
  std::int64_t crop_width = 0;           ///< centre crop; 0: none
  std::int64_t crop_height = 0;
  Rounding rounding = Rounding::Nearest;
  std::string channel_order = "RGB";  ///< "RGB", "BGR", or "GRAY" for networks that take one channel
  double divide_by = 1.0;             ///< every value is divided by this first (255 for [0, 1])
  std::vector<double> mean{};         ///< subtracted, per channel in output order; one: for all; empty: 0
  std::vector<double> std{};          ///< then divided by; one: for all; empty: 1
  std::string layout = "NCHW";        ///< of the network's input: "NCHW" or "NHWC"
  bool operator==(const Preprocess&) const = default;
};

/// The types of data that there are.
[[nodiscard]] const std::vector<std::string>& data_type_names();

struct DataSpec {
  std::string type{};            ///< one of data_type_names()
  std::filesystem::path path{};  ///< list, folder, annotation or array file; folder of npy files
  std::map<std::string, std::filesystem::path> arrays{};  ///< npy with several inputs: by graph input
  std::filesystem::path labels{};   ///< integers, where labels are apart: npy, for idx an IDX file
  std::string labels_array{};       ///< npz: the array of the archive that holds the labels
  std::string samples_array{};      ///< npz: the only array of the archive that the network is fed with
  std::filesystem::path root{};     ///< image_list, coco: what image paths are relative to; default the file's folder
  std::filesystem::path classes{};  ///< image_list, image_folder: the names of classes 0, 1, ..., one per line, which
                                    ///< labels or subfolders then have
  std::filesystem::path targets{};  ///< npy of what the output should be, a row for each sample
  std::string targets_array{};      ///< npz: the array of the archive that holds the targets
  std::string
      layout{};  ///< array images: "NHWC" or "NCHW" when `preprocess` shall treat samples as uint8 images; "" as stored
  std::int64_t limit = 0;  ///< first samples only; 0: all

  /// Whether the files hold arrays, not images.
  [[nodiscard]] bool holds_arrays() const {
    return type == "npy" || type == "npz" || type == "idx" || type == "test_data_set";
  }
  /// Whether samples are images, which are preprocessed; other arrays are fed as stored. An IDX file may be either.
  [[nodiscard]] bool treats_images() const { return !holds_arrays() || type == "idx" || !layout.empty(); }
  bool operator==(const DataSpec&) const = default;
};

struct DataConfig {
  DataSpec data{};
  Preprocess preprocess{};
  bool operator==(const DataConfig&) const = default;
};

struct MetricSpec {
  std::string type = "accuracy";  ///< registry name
  std::string name{};             ///< as shown and as compression refers to it; default from the type ("accuracy@top1")
  std::int64_t output = 0;        ///< which network output holds the scores or boxes
  std::int64_t top_k = 1;         ///< accuracy
  std::optional<double> threshold{};           ///< accuracy, f1: a single score above it means class 1, else class 0
  std::optional<std::int64_t> positive{};      ///< f1: of this class alone; nothing: the mean over classes
  double peak = 1.0;                           ///< psnr: the largest value that there can be
  std::optional<std::int64_t> ignore{};        ///< miou: places whose right class is this count nowhere
  std::string run{};                           ///< command: what a shell is given
  std::filesystem::path folder{};              ///< command: where it runs
  std::vector<std::filesystem::path> files{};  ///< command: what it reads besides, part of what it is by content
  bool higher_is_better = true;                ///< command
  std::chrono::seconds timeout{60};            ///< command: that an answer may take
  std::int64_t class_axis = 0;                 ///< agreement, miou: counts the classes; without batch, < 0 from the end
  // map:
  std::string decode{};                          ///< how the output means boxes: "yolox", "yolov5", "yolov8" or "boxes"
  std::vector<std::int64_t> strides{8, 16, 32};  ///< yolox: pixels of the input per cell of each grid
  double score_threshold = 0.01;                 ///< boxes must score more
  double nms_iou = 0.45;        ///< of boxes of a class that overlap more, only the best counts; 1: all count
  std::optional<double> iou{};  ///< overlap that makes a box right; nothing: the mean over 0.5, 0.55, ... 0.95
  bool operator==(const MetricSpec&) const = default;
};

/// The types of metrics that there are, sorted.
[[nodiscard]] const std::vector<std::string>& metric_type_names();

/// The name of a metric that was given none: "accuracy@top1", "map", "map@50" for an iou of 0.5, else its type.
[[nodiscard]] std::string default_name(const MetricSpec& metric);

struct EngineConfig {
  std::optional<DataConfig> calibration{};
  std::optional<DataConfig> validation{};
  std::vector<MetricSpec> metrics{};
  std::int64_t threads = 0;  ///< 0: one per processor
  std::int64_t memory_budget_mb = 1024;
  bool operator==(const EngineConfig&) const = default;
};

// ---- compression: POT's parameters, names and defaults (reference: POT 2023.0 configuration) -----------------------

enum class Preset {
  Performance,  ///< symmetric activations
  Mixed,        ///< asymmetric activations
  Auto,         ///< ours: what is known to matter is tried on a subset of the validation data, the best is kept
};

/// What is known about the network: a transformer's residual additions and normalisations stay float.
enum class ModelType { None, Transformer };

/// Of an operator, as a configuration writes it.
using AttributeValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                                    std::vector<std::string>>;

struct IgnoredOperation {
  std::string type{};                                  ///< an ONNX operator, or POT's name, see onnx_operators()
  std::map<std::string, AttributeValue> attributes{};  ///< all must be equal; none: the type alone matches
  bool operator==(const IgnoredOperation&) const = default;
};

struct IgnoredScope {
  std::vector<std::string> scope{};  ///< layer names (globs), output names, names of folded nodes
  std::vector<IgnoredOperation> operations{};
  bool operator==(const IgnoredScope&) const = default;
};

struct QuantizationParams {
  Preset preset = Preset::Performance;
  std::optional<std::int64_t> stat_subset_size{};  ///< default min(all, 300)
  bool shuffle_data = false;
  std::int64_t seed = 0;
  bool use_fast_bias = true;
  std::optional<double> threshold{};  ///< bias update gate (see bias_correction.h); default 2 for the fast one, 1000
  bool apply_for_all_nodes = false;   ///< full bias correction also corrects layers that stay float
  bool bias_correction_in_codes = false;    ///< ours: full bias correction runs the layers before in integers
  std::string saturation_fix = "measured";  ///< "measured" (ours), "first_layer", "all", "no"
  IgnoredScope ignored{};
  TensorConfig weights{};
  TensorConfig activations{};
  std::optional<RangeEstimator> range_estimator{};  ///< for whichever of the two has none
  LayerwiseConfigs layerwise_configs{};
  bool as_pot = false;                         ///< compatibility "pot": no rules of our own, see EndRule and WeightRule
  bool channel_alignment = true;               ///< POT's ActivationChannelAlignment
  std::optional<bool> equalization{};          ///< ours: cross-layer equalization; default: where it is needed
  std::optional<double> smooth_quant_alpha{};  ///< ours: SmoothQuant with this share of the difficulty in the weights
  bool embeddings = true;                      ///< ours: tables of embeddings are held as int8 codes
  ModelType model_type = ModelType::None;      ///< POT has it beside the algorithms, for all of them
  bool operator==(const QuantizationParams&) const = default;

  /// Whether activations have symmetric codes, by what is said of them or by the preset.
  [[nodiscard]] bool symmetric_activations() const {
    return activations.symmetric.value_or(preset == Preset::Performance);
  }
};

enum class DropType { Absolute, Relative };

struct MetricTarget {
  std::string name{};
  std::optional<double> baseline_value{};
  std::optional<double> maximal_drop{};    ///< ours: of this metric; default AccuracyAwareParams::maximal_drop
  std::optional<bool> higher_is_better{};  ///< as the user thinks; must be so
  bool operator==(const MetricTarget&) const = default;
};

/// In which order models are tried once groups are ranked.
enum class SearchOrder {
  OneByOne,  ///< POT's: the next group on top of the others, with roll-back and new rankings
  Bisect,    ///< ours: the shortest sufficient beginning of the first ranking, halving what is open
};

/// What groups are ranked by.
enum class RankingSignal {
  Auto,      ///< the metric on the ranking subset, then the distance of outputs to float
  Metric,    ///< the metric alone, as POT
  Distance,  ///< the distance alone: tells layers apart where few samples change their class
};

/// How groups are ranked.
enum class RankingMode {
  Exact,  ///< every candidate on every sample of the subset
  Race,   ///< ours: candidates that fall behind see only some of the samples
};

/// Whose rules hold where POT and we differ.
enum class Compatibility { None, Pot };

struct AccuracyAwareParams {
  double maximal_drop = 0.01;
  DropType drop_type = DropType::Absolute;
  std::optional<std::int64_t> max_iter_num{};         ///< unbounded by default
  std::optional<std::int64_t> ranking_subset_size{};  ///< default min(dataset, 300)
  double metric_subset_ratio = 0.5;                   ///< where every metric has a baseline_value
  bool use_prev_if_drop_increase = true;
  bool convert_to_mixed_preset = false;
  bool tune_hyperparams = false;
  std::vector<MetricTarget> metrics{};  ///< default: all of engine.metrics
  std::string revert_mode = "full";     ///< "full" or "compute" (ours)
  SearchOrder search = SearchOrder::OneByOne;
  bool prune = false;                         ///< ours: once the target is met, put groups back to int8 while it holds
  std::vector<std::string> start_reverted{};  ///< ours: groups that are given back before any is ranked
  RankingSignal ranking_signal = RankingSignal::Auto;
  RankingMode ranking_mode = RankingMode::Exact;
  bool correct_again = false;  ///< ours: biases are corrected again for each model with reverted layers
  Compatibility compatibility = Compatibility::None;
  bool annotation_free = false;            ///< the float model's predictions are the labels of the validation data
  double annotation_conf_threshold = 0.6;  ///< samples that it predicts with less confidence are left out
  bool operator==(const AccuracyAwareParams&) const = default;
};

struct CompressionConfig {
  std::string target_device = "ANY";
  std::string algorithm = "DefaultQuantization";  ///< or "AccuracyAwareQuantization"
  QuantizationParams quantization{};
  AccuracyAwareParams accuracy_aware{};
  bool operator==(const CompressionConfig&) const = default;
};

struct Config {
  std::filesystem::path source{};  ///< the file it came from; relative paths were resolved against its folder
  std::string model_name{};
  std::filesystem::path model{};
  EngineConfig engine{};
  CompressionConfig compression{};
  /// Everything in force, defaults included, as canonical JSON (sorted keys, absolute paths): stored with the run, and
  /// parsed back by parse_config.
  std::string effective_json{};
  /// By path, "file" or "set" (--set), for what is not a default.
  std::map<std::string, std::string> origins{};
  std::vector<std::string> notes{};  ///< assumptions and ignored keys, one sentence each
};

/// Reads JSON with comments. Environment variables written ${NAME} expand in paths; relative paths are relative to the
/// file. `overrides` are --set arguments: "dotted.path[0].key=value" or "unique_key=value", value JSON or bare text.
/// Errors: InvalidInput, naming file, key (as a dotted path), what was found, what is allowed, and the nearest known
/// key.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& path, const std::vector<std::string>& overrides);

/// The same from text; `folder` is what relative paths are relative to, `name` what messages call the text.
[[nodiscard]] Result<Config> parse_config(const std::string& text, const std::filesystem::path& folder,
                                          const std::string& name, const std::vector<std::string>& overrides);

}  // namespace quantrail
