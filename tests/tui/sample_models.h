#pragma once

#include "tui/model.h"

namespace quantrail::tui {

/// A store with one run of each state, the first selected.
inline Model sample_runs(Size size, Charset charset) {
  Model model;
  model.size = size;
  model.charset = charset;
  model.clock = "14:03:27";
  model.runs_known = true;
  RunRow live{4, "mobilenet-v1", "running", "", "", "mobilenet_v1_imagenet", "accuracy@top1"};
  live.float_value = 0.8486;
  live.quantized = 0.7714;
  live.best = 0.8371;
  live.drop = 0.0115;
  live.reverted = 3;
  live.iterations = 4;
  live.created = "2026-11-20 14:01:02";
  live.step = "rank 27 layers";
  live.done = 161;
  live.total = 300;
  RunRow killed = live;
  killed.id = 3;
  killed.name = "kws";
  killed.state = "interrupted";
  killed.reason = "its process was killed; r resumes it";
  RunRow met = live;
  met.id = 2;
  met.name = "resnet20 with a name that is longer than its column";
  met.state = "done";
  met.outcome = "met";
  RunRow missed = met;
  missed.id = 1;
  missed.name = "日本語の実験";
  missed.outcome = "not_met";
  missed.best.reset();
  model.runs = {live, killed, met, missed};
  return model;
}

/// The first of those opened, with five iterations and a ranking.
inline Model sample_run(Size size, Charset charset) {
  Model model = sample_runs(size, charset);
  model.where = Where::Run;
  model.open_id = 4;
  RunDetail detail;
  detail.run = model.runs[0];
  detail.limit = 0.01;
  detail.iterations = {{0, "quantized", {}, {}, 0.7714, 0.0772, true, 1.0, 2810000},
                       {1, "revert", {"features.0/conv"}, {"features.0/conv"}, 0.8057, 0.0429, true, 0.97, 2830000},
                       {2,
                        "revert",
                        {"features.2/depthwise"},
                        {"features.0/conv", "features.2/depthwise"},
                        0.8010,
                        0.0476,
                        false,
                        0.95,
                        2840000},
                       {3,
                        "revert",
                        {"features.4/depthwise"},
                        {"features.0/conv", "features.4/depthwise"},
                        0.8371,
                        0.0115,
                        true,
                        0.94,
                        2850000}};
  detail.ranking = {{"features.4/depthwise", 0.81, 0.012}, {"features.2/depthwise", 0.79, 0.034}};
  detail.log = {"quantized 27 layers", "ranking 300 samples"};
  model.iteration = 3;
  model.open = detail;
  return model;
}

}  // namespace quantrail::tui
