#!/bin/bash
# Written by kproof: `kproof run --on slurm`.
#SBATCH --job-name=kproof-quickstart-kernels
#SBATCH '--output=/shared/out dir/slurm/kernels-%j.log'
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --time=60
#SBATCH --signal=B:TERM@60
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=3073M
#SBATCH --partition=debug
#SBATCH '--comment=it'\''s mine'
exec /opt/kproof/bin/kproof worker '/shared/out dir' --kernels
