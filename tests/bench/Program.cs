using Billing.Bench.Micro;

return args switch
{
    ["micro", ..] => MicroCommand.Run(),
    _ => MicroCommand.Run(),
};
