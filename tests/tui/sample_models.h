#pragma once

#include <fmt/format.h>

#include "tui/model.h"

namespace quantrail::tui {

inline KeyPressed key(char32_t character) { return {on(character)}; }
inline KeyPressed key(Key special) { return {on(special)}; }

inline Model after(Model model, const std::vector<Msg>& msgs) {
  for (const auto& msg : msgs) model = update(std::move(model), msg).model;
  return model;
}
/// After these keys, one after the other.
inline Model typed(Model model, std::string_view text) {
  for (const char32_t c : decoded(text)) model = update(std::move(model), key(c)).model;
  return model;
}

inline RunRow sample_row(std::int64_t id, std::string name, std::string state) {
  RunRow row;
  row.id = id;
  row.name = std::move(name);
  row.state = std::move(state);
  row.model = "mobilenet_v1_imagenet";
  row.metric = "accuracy@top1";
  row.float_value = 0.8486;
  row.quantized = 0.7714;
  row.best = 0.8371;
  row.drop = 0.0115;
  row.best_iteration = 3;
  row.reverted = 2;
  row.iterations = 4;
  row.created = "2026-11-20T14:01:02Z";
  return row;
}

inline void fill_cells(RunRow& row) {
  row.cells = {fmt::format("{}", row.id),
               row.name,
               state_text(row),
               "0.8371",
               "0.0115",
               fmt::format("{}", row.reverted),
               "4",
               "2.72",
               row.created,
               "",
               row.model};
}

inline RunDetail sample_detail(const RunRow& run) {
  RunDetail detail;
  detail.run = run;
  detail.limit = 0.01;
  detail.iterations = {
      {0, "quantized", {}, {}, 0.7714, 0.0772, true, 1.0, 2810000, 6.0},
      {1, "revert", {"features.0/conv"}, {"features.0/conv"}, 0.8057, 0.0429, true, 0.97, 2830000, 5.0},
      {2,
       "revert",
       {"features.2/depthwise"},
       {"features.0/conv", "features.2/depthwise"},
       0.8010,
       0.0476,
       false,
       0.95,
       2840000,
       5.0},
      {3,
       "revert",
       {"features.4/depthwise"},
       {"features.0/conv", "features.4/depthwise"},
       0.8371,
       0.0115,
       true,
       0.94,
       2850000,
       5.5}};
  detail.rankings = {{0,
                      300,
                      {{"features.4/depthwise", 0.81, 0.012, 1806336, 300, {"features.4/depthwise"}},
                       {"features.2/depthwise", 0.79, 0.034, 903168, 300, {"features.2/depthwise"}},
                       {"features.0/conv", 0.77, 0.21, 10838016, 300, {"features.0/conv"}}}}};
  detail.settings = {{"compression.algorithms[0].params.maximal_drop", "0.01", "file"},
                     {"compression.algorithms[0].params.search", "one_by_one", ""},
                     {"engine.threads", "2", "set"}};
  detail.log = {{"14:01:02", "info", "attempt 4 begins: process 4711 on gpu7"},
                {"14:01:09", "info", "iteration 0: quantized: accuracy@top1 0.7714, drop 0.0772"},
                {"14:02:00", "warning", "the disk is nearly full"}};
  detail.output = {"run 4 mobilenet-v1 in /data/store", "rank 27 groups: 161 of 300 samples"};
  detail.output_path = "/data/store/logs/4.log";
  detail.facts = {"model    /models/mobilenet_v1.onnx (sha256 14a86b223f12)"};
  detail.picks = {{"best", 3}};
  return detail;
}

/// A store with one run of each state, the first selected.
inline Model sample_runs(Size size, Charset charset) {
  Model model;
  model.size = size;
  model.look.charset = charset;
  model.look.charts = charset == Charset::Utf8 ? Charts::Braille : Charts::Ascii;
  model.clock = "14:03";
  model.commands = {{"run", "Start a run"},
                    {"resume", "Go on with a run"},
                    {"rank", "How much each layer is worth"},
                    {"show", "One run"},
                    {"tag", "Put tags on a run"},
                    {"stop", "Ask a run to stop"},
                    {"filter", "Show only runs that match"}};
  model.fields = {"id", "name", "drop"};
  RunRow live = sample_row(4, "mobilenet-v1", "running");
  live.step = Step{"rank 27 groups", "samples", 161, 300, 40.0};
  RunRow killed = sample_row(3, "kws", "interrupted");
  killed.reason = "its process was killed; r resumes it";
  killed.tags = {"night", "edge"};
  RunRow met = sample_row(2, "resnet20 with a name that is longer than its column", "done");
  met.outcome = "met";
  met.starred = true;
  met.note = "the one to ship";
  RunRow missed = sample_row(1, "日本語の実験", "done");
  missed.outcome = "not_met";
  RunsLoaded loaded;
  for (const auto& [name, right] :
       {std::pair{"id", true}, std::pair{"name", false}, std::pair{"state", false}, std::pair{"best", true},
        std::pair{"drop", true}, std::pair{"reverted", true}, std::pair{"iterations", true}, std::pair{"size", true},
        std::pair{"created", false}, std::pair{"tags", false}, std::pair{"model", false}})
    loaded.columns.push_back({name, right});
  loaded.runs = {live, killed, met, missed};
  for (auto& row : loaded.runs) fill_cells(row);
  loaded.total = 4;
  loaded.states = {{"running", 1}, {"interrupted", 1}, {"done", 2}};
  model = update(std::move(model), loaded).model;
  return update(std::move(model), RunLoaded{std::make_shared<const RunDetail>(sample_detail(model.runs.runs[0]))})
      .model;
}

/// The first of those opened, with four iterations and a ranking.
inline Model sample_run(Size size, Charset charset) {
  Model model = sample_runs(size, charset);
  return update(std::move(model), KeyPressed{on(Key::Enter)}).model;
}

inline Model sample_comparison(Size size, Charset charset) {
  Model model = sample_runs(size, charset);
  for (int k = 0; k < 3; ++k) model = update(std::move(model), KeyPressed{on(U' ')}).model;
  model = update(std::move(model), KeyPressed{on(U'c')}).model;
  Comparison c;
  for (const std::size_t at : {2U, 1U, 0U}) c.runs.push_back(model.runs.runs[at]);
  c.limits = {0.01, 0.01, 0.02};
  c.settings = {{"compression.algorithms[0].params.maximal_drop", {"0.01", "0.01", "0.02"}, true, false},
                {"engine.validation.limit", {"0", "1000", "0"}, true, true},
                {"engine.threads", {"2", "2", "2"}, false, false}};
  c.results = {{"state", {"met", "interrupted", "running"}, true, false},
               {"drop", {"0.0115", "0.0115", "0.0115"}, false, false}};
  for (std::size_t run = 0; run < 3; ++run) {
    const double shift = 0.004 * static_cast<double>(run);
    c.points.push_back({run, 0, 0.77 + shift, 0.0772 - shift, 1.0, 2810000, 0, true, run == 2});
    c.points.push_back({run, 1, 0.81 + shift, 0.0386 - shift, 0.97, 2830000, 1, true, run == 2});
    c.points.push_back({run, 2, 0.84 + shift, 0.0086 - shift, 0.94, 2850000, 2, true, run != 0});
  }
  c.layers = {{"features.4/depthwise", {"float", "int8", "float"}, true, false},
              {"features.0/conv", {"float", "float", "float"}, false, false}};
  c.warnings = {"run 3 was measured on other samples than run 2"};
  return update(std::move(model), ComparisonLoaded{c, {2, 3, 4}}).model;
}

inline Form sample_form() {
  Form form;
  form.source = {FormKind::NewRun, "4"};
  form.title = "NEW RUN  as run 4";
  const auto field = [&](std::string section, std::string key, std::string label, FieldKind kind, std::string text,
                         std::vector<std::string> choices = {}) {
    Field made{std::move(key), std::move(label), kind, std::move(choices), "what it is for", std::move(section), text};
    made.line = line_of(text);
    form.fields.push_back(std::move(made));
  };
  field("Run", "from", "settings from", FieldKind::Path, "4");
  field("", "@name", "name", FieldKind::Text, "");
  field("Model and data", "model.model", "model", FieldKind::Path, "/models/net.onnx");
  field("Accuracy", "search", "search", FieldKind::Choice, "one_by_one", {"one_by_one", "bisect"});
  field("", "maximal_drop", "maximal drop", FieldKind::Text, "0.01");
  return form;
}

/// The list and the page of a run, as most people see them.
inline Model runs() { return sample_runs({24, 80}, Charset::Ascii); }
inline Model run() { return sample_run({24, 80}, Charset::Ascii); }

using Arguments = std::vector<std::string>;
/// The commands of the program that a message leads to.
inline std::vector<Arguments> commands_of(const Next& next) {
  std::vector<Arguments> all;
  for (const auto& command : next.commands) {
    if (const auto* run = std::get_if<RunCommand>(&command)) all.push_back(run->arguments);
  }
  return all;
}

}  // namespace quantrail::tui
